"""Exact amounts: decimal text to whole micrograms, nanolitres and grams, and back.

The books hold integer micrograms of active base (`_ug`). Volume is whole nanolitres
(`_nl`), body weight whole grams (`_g`); both are derived or entered, never booked. No
float or Decimal takes part, and nothing is rounded: a conversion that leaves a
remainder is refused (decision 0002).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError

# The largest integer that JSON readers hold exactly (2**53 - 1): 9 tonnes in ug.
MAX_AMOUNT: Final = 2**53 - 1
MAX_WEIGHT_G: Final = 2_000_000  # a heavy draught horse weighs about 1,200 kg

_NL_PER_ML: Final = 1_000_000
_G_PER_KG: Final = 1_000
_MG_PLACES: Final = 3
_ML_PLACES: Final = 6
_KG_PLACES: Final = 3

_MAX_TEXT_LENGTH: Final = 24
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")


class Form(StrEnum):
    """What a product is counted in: a liquid by volume, a device whole."""

    SOLUTION = "solution"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Strength:
    """How much active base one unit of a product holds.

    Strengths are of base, not salt (100 mg/mL base is 115.3 mg/mL hydrochloride).

    Attributes:
        form: what one unit is.
        ug_per_unit: micrograms per mL of a solution, or per device; above zero.

    Raises:
        InventoryError: AMOUNT_NOT_POSITIVE, INVALID_AMOUNT (beyond `MAX_AMOUNT`).
    """

    form: Form
    ug_per_unit: int

    def __post_init__(self) -> None:
        if self.ug_per_unit <= 0:
            raise InventoryError(
                ErrorCode.AMOUNT_NOT_POSITIVE,
                "A strength must be above zero. Copy it from the label.",
                field="strength",
            )
        _bounded(self.ug_per_unit, field="strength")

    def amount_of_nl(self, volume_nl: int, *, field: str | None = None) -> int:
        """Return the micrograms in a volume of this solution.

        Raises:
            InventoryError: INVALID_AMOUNT for a device or an amount out of range,
                INEXACT_AMOUNT if it is not a whole number of micrograms.
        """
        if self.form is not Form.SOLUTION:
            raise InventoryError(
                ErrorCode.INVALID_AMOUNT,
                "A device is given whole, never by volume. "
                'Give the number of devices, such as "1 device".',
                field=field,
            )
        amount_ug, remainder = divmod(volume_nl * self.ug_per_unit, _NL_PER_ML)
        if remainder:
            raise InventoryError(
                ErrorCode.INEXACT_AMOUNT,
                "At this strength the volume is not a whole number of micrograms. "
                "Give a volume with fewer decimals, or the amount in mg.",
                field=field,
                volume_nl=volume_nl,
                ug_per_ml=self.ug_per_unit,
            )
        return _bounded(amount_ug, field=field)

    def amount_of_devices(self, devices: int, *, field: str | None = None) -> int:
        """Return the micrograms in a number of whole devices.

        Raises:
            InventoryError: INVALID_AMOUNT for a solution or an amount out of range.
        """
        if self.form is not Form.DEVICE:
            raise InventoryError(
                ErrorCode.INVALID_AMOUNT,
                "A solution is not counted in devices. "
                'Give it in mL or mg, such as "0.713 mL".',
                field=field,
            )
        return _bounded(devices * self.ug_per_unit, field=field)

    def volume_nl(self, amount_ug: int) -> int | None:
        """Return the exact volume of an amount; None if no whole number of nl."""
        if self.form is not Form.SOLUTION:
            return None
        return _exact_quotient(amount_ug * _NL_PER_ML, self.ug_per_unit)

    def devices(self, amount_ug: int) -> int | None:
        """Return the exact number of devices; None if no whole number of them."""
        if self.form is not Form.DEVICE:
            return None
        return _exact_quotient(amount_ug, self.ug_per_unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount of one strength, in all the forms that people and programs read.

    Attributes:
        amount_ug: micrograms of active base.
        strength: of the product that it is an amount of.
    """

    amount_ug: int
    strength: Strength

    @property
    def amount_mg(self) -> str:
        """The amount in mg: "35.65 mg"."""
        return format_mg(self.amount_ug)

    @property
    def amount(self) -> str:
        """The amount in the product's own unit: "0.713 mL" or "1 device"."""
        return format_amount(self.amount_ug, self.strength)


def parse_decimal(text: object, *, places: int, field: str) -> int:
    """Read plain decimal text as an integer count of its last allowed place.

    The only grammar of numbers: `0` or digits without leading zeros, then optionally a
    point and 1 to `places` digits, all ASCII. "35.65" with 3 places is 35650.

    Raises:
        InventoryError: INVALID_AMOUNT.
    """
    if not isinstance(text, str):
        raise _bad_number("Send the number as text in quotes", places, field)
    matched = _DECIMAL.fullmatch(text)
    if not matched or len(text) > _MAX_TEXT_LENGTH:
        raise _bad_number("Write a plain number", places, field)
    whole, decimals = matched[1], matched[2] or ""
    if len(decimals) > places:
        raise _bad_number("This number has too many decimals", places, field)
    return _bounded(int(whole + decimals.ljust(places, "0")), field=field)


def parse_amount_or_zero(text: object, strength: Strength, *, field: str) -> int:
    """Read `<number> <unit>` of a product as micrograms, zero included.

    Units are `mg` (3 decimals), `mL` or `ml` (6 decimals, solutions), `device` or
    `devices` (whole, devices). Counts need zero; everything else wants `parse_amount`.

    Raises:
        InventoryError: INVALID_AMOUNT, INEXACT_AMOUNT.
    """
    number, _, unit = text.partition(" ") if isinstance(text, str) else ("", "", "")
    match unit:
        case "mg":
            amount_ug = parse_decimal(number, places=_MG_PLACES, field=field)
            return _whole_devices(amount_ug, strength, field=field)
        case "mL" | "ml":
            volume_nl = parse_decimal(number, places=_ML_PLACES, field=field)
            return strength.amount_of_nl(volume_nl, field=field)
        case "device" | "devices":
            devices = parse_decimal(number, places=0, field=field)
            return strength.amount_of_devices(devices, field=field)
    raise InventoryError(
        ErrorCode.INVALID_AMOUNT,
        "Write a number, one space and a unit (mg, mL or devices), "
        'such as "35.65 mg", "0.713 mL" or "2 devices".',
        field=field,
    )


def parse_amount(text: object, strength: Strength, *, field: str) -> int:
    """Read `<number> <unit>` of a product as micrograms above zero.

    Raises:
        InventoryError: AMOUNT_NOT_POSITIVE for zero, else as `parse_amount_or_zero`.
    """
    return _positive(parse_amount_or_zero(text, strength, field=field), field=field)


def parse_weight_kg(text: object, *, field: str) -> int:
    """Read a body weight in kg (3 decimals) as grams, above 0 and at most 2000 kg.

    Raises:
        InventoryError: INVALID_AMOUNT, AMOUNT_NOT_POSITIVE.
    """
    weight_g = _positive(
        parse_decimal(text, places=_KG_PLACES, field=field), field=field
    )
    if weight_g > MAX_WEIGHT_G:
        raise InventoryError(
            ErrorCode.INVALID_AMOUNT,
            "A body weight is at most 2000 kg. Check that it is in kg, not g.",
            field=field,
        )
    return weight_g


def dose_ug(ug_per_kg: int, weight_g: int, *, field: str) -> int:
    """Return dose per body weight times body weight, exact, in micrograms.

    Raises:
        InventoryError: INEXACT_AMOUNT.
    """
    amount_ug = _exact_quotient(ug_per_kg * weight_g, _G_PER_KG)
    if amount_ug is None:
        raise InventoryError(
            ErrorCode.INEXACT_AMOUNT,
            "Dose times weight is not a whole number of micrograms. "
            "Give the weight or the dose with fewer decimals.",
            field=field,
            ug_per_kg=ug_per_kg,
            weight_g=weight_g,
        )
    return amount_ug


def format_mg(amount_ug: int) -> str:
    """Write an amount in mg, exact: "35.65 mg"."""
    return f"{_plain(amount_ug, _MG_PLACES)} mg"


def format_ml(amount_ug: int, strength: Strength) -> str:
    """Write an amount of a solution in mL: "0.713 mL".

    An amount that is no whole number of nanolitres is shown to the nearest one, with 6
    decimals after "≈". That is for reading only: the books hold micrograms.

    Raises:
        ValueError: the strength is a device's, which is a programmer's error.
    """
    if strength.form is not Form.SOLUTION:
        raise ValueError("only a solution has a volume")
    volume_nl = strength.volume_nl(amount_ug)
    if volume_nl is not None:
        return f"{_plain(volume_nl, _ML_PLACES)} mL"
    doubled_nl = 2 * abs(amount_ug) * _NL_PER_ML // strength.ug_per_unit
    whole, decimals = divmod((doubled_nl + 1) // 2, _NL_PER_ML)
    sign = "-" if amount_ug < 0 else ""
    return f"≈{sign}{whole}.{decimals:0{_ML_PLACES}} mL"


def format_devices(amount_ug: int, strength: Strength) -> str:
    """Write an amount in devices: "2 devices"; in mg if it is no whole number."""
    devices = strength.devices(amount_ug)
    if devices is None:
        return format_mg(amount_ug)
    return f"{devices} device" if abs(devices) == 1 else f"{devices} devices"


def format_amount(amount_ug: int, strength: Strength) -> str:
    """Write an amount in its product's own unit: mL of a solution, or devices."""
    if strength.form is Form.SOLUTION:
        return format_ml(amount_ug, strength)
    return format_devices(amount_ug, strength)


def _plain(scaled: int, places: int) -> str:
    whole, decimals = divmod(abs(scaled), 10**places)
    text = f"{whole}.{decimals:0{places}}".rstrip("0").removesuffix(".")
    return f"-{text}" if scaled < 0 else text


def _exact_quotient(dividend: int, divisor: int) -> int | None:
    quotient, remainder = divmod(dividend, divisor)
    return None if remainder else quotient


def _whole_devices(amount_ug: int, strength: Strength, *, field: str) -> int:
    if strength.form is Form.DEVICE and strength.devices(amount_ug) is None:
        raise InventoryError(
            ErrorCode.INEXACT_AMOUNT,
            f"A device holds {format_mg(strength.ug_per_unit)} and is given whole. "
            'Give the number of devices, such as "1 device".',
            field=field,
            ug_per_device=strength.ug_per_unit,
        )
    return amount_ug


def _positive(value: int, *, field: str) -> int:
    if value == 0:
        raise InventoryError(
            ErrorCode.AMOUNT_NOT_POSITIVE,
            "This must be above zero. Leave the entry out if there is nothing.",
            field=field,
        )
    return value


def _bounded(value: int, *, field: str | None) -> int:
    if value > MAX_AMOUNT:
        raise InventoryError(
            ErrorCode.INVALID_AMOUNT,
            "This number is far larger than any stock. Check the digits and the unit.",
            field=field,
        )
    return value


def _bad_number(fault: str, places: int, field: str) -> InventoryError:
    allowed = f'with at most {places} decimals, such as "12.5"'
    if places == 0:
        allowed = 'without decimals, such as "12"'
    return InventoryError(
        ErrorCode.INVALID_AMOUNT,
        f"{fault}. It must be digits only, {allowed}: no sign, spaces or commas.",
        field=field,
        decimals_allowed=places,
    )
