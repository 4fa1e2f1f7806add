"""Read one entry of the catalogue, exactly or not at all. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from inventory.kernel.codes import parse_ndc
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import Form, Strength, parse_decimal

_FORMS: Final = {"mL": Form.SOLUTION, "device": Form.DEVICE}
_MG_PLACES: Final = 3
_ML_PLACES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCode:
    """A code on a package, and how many containers the package holds (AC-40)."""

    gtin14: str
    ndc: str
    package: str
    containers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the books rest on: once in use, these never change."""

    ndc: str
    substance: str
    dea_schedule: str
    form: str
    ug_per_unit: int
    fill_nl: int | None
    nominal_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One product as the catalogue describes it."""

    id: str
    figures: Figures
    name: str
    labeler: str
    species: str
    source: str
    codes: tuple[PackageCode, ...]


def read_entry(entry: Mapping[str, Any]) -> CatalogueEntry:
    """Read an entry of `products.toml`.

    The id of a product follows from its NDC, so every installation has the same.

    Raises:
        InventoryError: INVALID_CODE, INVALID_AMOUNT, INEXACT_AMOUNT,
            AMOUNT_NOT_POSITIVE.
        KeyError: a field is missing, which is a fault of the file.
    """
    ndc = parse_ndc(entry["ndc"], field="ndc")
    return CatalogueEntry(
        id=f"prd_{ndc.ndc12.replace('-', '').zfill(26)}",
        figures=_figures(ndc.printed, entry),
        name=entry["name"],
        labeler=entry["labeler"],
        species=entry["species"],
        source=entry["source"],
        codes=tuple(_code(each) for each in entry["packages"]),
    )


def require_same(known: object, given: object, *, ndc: str) -> None:
    """Refuse a changed figure of a product that is in the catalogue already.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    if known != given:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"{ndc} is in the catalogue with other figures, and they do not change: "
            "entries rest on them. A different product needs its own NDC.",
            field=ndc,
            known=str(known),
            given=str(given),
        )


def _figures(ndc: str, entry: Mapping[str, Any]) -> Figures:
    strength = _strength(entry["strength"])
    fill_nl, nominal_ug = None, strength.ug_per_unit
    if strength.form is Form.SOLUTION:
        fill_nl = _number(entry["fill"], "mL", places=_ML_PLACES, field="fill")
        nominal_ug = strength.amount_of_nl(fill_nl, field="fill")
    return Figures(
        ndc=ndc,
        substance=entry["substance"],
        dea_schedule=entry["dea_schedule"],
        form=strength.form.value,
        ug_per_unit=strength.ug_per_unit,
        fill_nl=fill_nl,
        nominal_ug=nominal_ug,
    )


def _strength(text: str) -> Strength:
    """Read "50 mg/mL" or "28 mg/device"."""
    amount, _, unit = text.partition("/")
    if unit not in _FORMS:
        raise InventoryError(
            ErrorCode.INVALID_AMOUNT,
            'Write a strength as "50 mg/mL" or "28 mg/device".',
            field="strength",
        )
    ug_per_unit = _number(amount, "mg", places=_MG_PLACES, field="strength")
    return Strength(_FORMS[unit], ug_per_unit)


def _number(text: str, unit: str, *, places: int, field: str) -> int:
    number = text.removesuffix(f" {unit}")
    if number == text:
        raise InventoryError(
            ErrorCode.INVALID_AMOUNT, f"Write a number and {unit}.", field=field
        )
    return parse_decimal(number, places=places, field=field)


def _code(package: Mapping[str, Any]) -> PackageCode:
    ndc = parse_ndc(package["ndc"], field="packages.ndc")
    return PackageCode(
        gtin14=ndc.gtin14(package["indicator"], field="packages.ndc"),
        ndc=ndc.printed,
        package=package["package"],
        containers=package["containers"],
    )
