"""What a delivery must say before it enters the books. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from inventory.kernel.clock import civil_day, day_bounds
from inventory.kernel.codes import Scan, parse_scan
from inventory.kernel.errors import ErrorCode, InventoryError

# One entry stays one transaction of a second or so; a larger delivery has two invoices.
CONTAINERS_MAX: Final = 2_000
LINES_MAX: Final = 100

_ONE_DAY: Final = timedelta(days=1)

T = TypeVar("T")


class Moment(StrEnum):
    """When on its day an inventory is taken (21 CFR 1304.11(a); AC-11)."""

    OPENING = "opening"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredLine:
    """Containers of one lot as a person enters them: typed, scanned or both.

    Attributes:
        code: NDC or GTIN, as on the label.
        scan: one GS1 scan, which may bring code, lot and expiry at once.
        lot: as on the label.
        expires_on: the last day of use.
        containers: how many vials or devices, or instead
        packages: how many packages that carry the code.
        containers_per_package: the pack factor, where the code does not say it.
    """

    code: str | None = None
    scan: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    containers: int | None = None
    packages: int | None = None
    containers_per_package: int | None = None


@dataclass(frozen=True, slots=True)
class ReadLabel:
    """What typed and scanned text agree on; `codes` are pairs of text and field."""

    codes: tuple[tuple[str, str], ...]
    lot: str
    expires_on: date


def read_label(line: EnteredLine, *, at: str) -> ReadLabel:
    """Put together what was typed and what was scanned; given twice, it must agree.

    Args:
        line: as entered.
        at: the line's name in errors, such as "lines.0".

    Raises:
        InventoryError: INVALID_CODE; INVALID_FIELD for what is missing or disagrees.
    """
    scan = Scan() if line.scan is None else parse_scan(line.scan, field=f"{at}.scan")
    codes = ((line.code, f"{at}.code"), (scan.gtin14, f"{at}.scan"))
    given = tuple((text, field) for text, field in codes if text is not None)
    if not given:
        raise _missing("the product's NDC or GTIN", f"{at}.code")
    lot = _agreed(line.lot, scan.lot, "the lot", f"{at}.lot")
    expires_on = _agreed(
        line.expires_on, scan.expires_on, "the expiry", f"{at}.expires_on"
    )
    return ReadLabel(given, lot, expires_on)


def require_one_product(product_ids: Sequence[str], *, at: str) -> None:
    """Refuse a typed code and a scan of two different products.

    Raises:
        InventoryError: PRODUCT_DIFFERS.
    """
    if len(set(product_ids)) > 1:
        raise InventoryError(
            ErrorCode.PRODUCT_DIFFERS,
            "The code typed and the code scanned are of different products. "
            "Look which package is in your hand.",
            field=f"{at}.code",
        )


def containers_of(line: EnteredLine, pack_factors: Sequence[int], *, at: str) -> int:
    """Give the number of containers of a line (AC-40).

    Whoever counts packages needs a pack factor: of the catalogue, or given. Whoever
    counts containers needs a code that stands on a single one: a carton that was
    scanned and counted as a vial is the error to prevent.

    Args:
        line: as entered.
        pack_factors: how many containers the package with this code can hold.
        at: the line's name in errors.

    Raises:
        InventoryError: INVALID_FIELD, PACK_FACTOR_NEEDED.
    """
    if (line.containers is None) == (line.packages is None):
        raise _invalid(
            "Give either the number of containers or the number of packages.",
            f"{at}.containers",
        )
    if line.packages is not None:
        per_package = _containers_per_package(line, pack_factors, at)
        return _counted(line.packages, f"{at}.packages") * per_package
    if line.containers_per_package is not None:
        raise _invalid(
            "This belongs to packages. Leave it out when you count containers.",
            f"{at}.containers_per_package",
        )
    if 1 not in pack_factors:
        raise _pack_factor_needed(
            "This code stands on a package, not on a single container. "
            "Give the number of packages.",
            f"{at}.packages",
            pack_factors,
        )
    return _counted(line.containers or 0, f"{at}.containers")


def require_lines(lines: int, *, at_least: int) -> None:
    """Refuse an entry with too few or too many lines.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not at_least <= lines <= LINES_MAX:
        raise _invalid(
            f"One entry has {at_least} to {LINES_MAX} lines. "
            "Add what is missing, or split a delivery that is really longer.",
            "lines",
        )


def require_total(containers: int) -> None:
    """Refuse more containers than one entry can hold.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if containers > CONTAINERS_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"One entry holds at most {CONTAINERS_MAX} containers. Check the numbers; "
            "split a delivery that is really larger.",
            field="lines",
            containers=containers,
        )


def require_dates_in_order(
    ordered_on: date | None, shipped_on: date | None, received_on: date
) -> None:
    """Refuse a delivery shipped before it was ordered, or received before shipped.

    Stock moves on the day received; the other two are kept beside it (AC-16).

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if shipped_on is not None and shipped_on > received_on:
        raise _invalid(
            "It cannot be shipped after it was received. Check both dates.",
            "shipped_on",
        )
    if ordered_on is not None and ordered_on > (shipped_on or received_on):
        raise _invalid(
            "It cannot be ordered after it was shipped or received. Check the dates.",
            "ordered_on",
        )


def require_not_expired(expires_on: date, received_on: date, *, at: str) -> None:
    """Refuse a lot that has expired on arrival; its last day is a day of use.

    Raises:
        InventoryError: LOT_EXPIRED.
    """
    if expires_on < received_on:
        raise InventoryError(
            ErrorCode.LOT_EXPIRED,
            f"This lot expired on {expires_on.isoformat()}. Do not accept it: return "
            "it to the supplier, or read the label again.",
            field=f"{at}.expires_on",
            expired_on=expires_on.isoformat(),
        )


def require_after_inventory(received_on: date, taken_on: date, moment: Moment) -> None:
    """Refuse a receipt from before the initial inventory, which has counted it (AC-11).

    An inventory at opening excludes its whole day, one at close includes it.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    counted = taken_on if moment is Moment.CLOSE else taken_on - _ONE_DAY
    if received_on <= counted:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"The initial inventory, taken at {moment} of {taken_on.isoformat()}, "
            "already holds what had come in by then. Check the date of receipt.",
            field="received_at",
        )


def inventory_instant(
    taken_on: date, moment: Moment, *, now: datetime, zone: ZoneInfo
) -> datetime:
    """Give the instant of an inventory: the start of its day, or its end so far.

    Taken today or yesterday: it is recorded on a current basis (21 CFR 1304.21(a)).

    Raises:
        InventoryError: TIME_IN_FUTURE, TIME_TOO_OLD.
    """
    today = civil_day(now, zone)
    if taken_on > today:
        raise InventoryError(
            ErrorCode.TIME_IN_FUTURE,
            "This day has not come yet at the site. Record the inventory once taken.",
            field="taken_on",
        )
    if taken_on < today - _ONE_DAY:
        raise InventoryError(
            ErrorCode.TIME_TOO_OLD,
            "An inventory is recorded on its day or the day after. Count again today.",
            field="taken_on",
        )
    start, end = day_bounds(taken_on, zone)
    if moment is Moment.OPENING:
        return start
    return min(now, end - timedelta(microseconds=1))


def _containers_per_package(
    line: EnteredLine, pack_factors: Sequence[int], at: str
) -> int:
    field, given = f"{at}.containers_per_package", line.containers_per_package
    if given is None:
        if len(pack_factors) == 1:
            return pack_factors[0]
        raise _pack_factor_needed(
            "This code does not say how many containers the package holds. "
            "Give containers_per_package, or scan the code on the package.",
            field,
            pack_factors,
        )
    if pack_factors and given not in pack_factors:
        raise _invalid(
            "The catalogue knows this package with another number of containers. "
            "Count again, or leave the number out.",
            field,
        )
    return _counted(given, field)


def _counted(number: int, field: str) -> int:
    if not 1 <= number <= CONTAINERS_MAX:
        raise _invalid(f"Count 1 to {CONTAINERS_MAX}.", field)
    return number


def _agreed(typed: T | None, scanned: T | None, what: str, field: str) -> T:
    if typed is not None and scanned is not None and typed != scanned:
        raise _invalid(
            f"The scan says {scanned}, which is not what was typed. "
            "Read the label again.",
            field,
        )
    agreed = scanned if typed is None else typed
    if agreed is None:
        raise _missing(what, field)
    return agreed


def _missing(what: str, field: str) -> InventoryError:
    return _invalid(f"Give {what} as on the label, or scan the label.", field)


def _invalid(message: str, field: str) -> InventoryError:
    return InventoryError(ErrorCode.INVALID_FIELD, message, field=field)


def _pack_factor_needed(
    message: str, field: str, pack_factors: Sequence[int]
) -> InventoryError:
    return InventoryError(
        ErrorCode.PACK_FACTOR_NEEDED, message, field=field, known=list(pack_factors)
    )
