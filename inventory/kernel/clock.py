"""Instants in UTC, the injected clock, and civil days in a site's own zone.

Every instant in Countersign is an aware datetime in UTC. A civil day exists only here,
resolved with a named zone (decision 0010).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo, available_timezones

from inventory.kernel.errors import ErrorCode, InventoryError

# A year outside these is a slip of the finger; inside, day arithmetic cannot overflow.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-5][0-9])?"
)


class Clock(Protocol):
    """Tells the present instant; always injected, never read from the system."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The server's own clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that moves only when told to, for tests and the demonstration."""

    def __init__(self, at: datetime) -> None:
        self._at = require_utc(at)

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock by a duration."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Put the clock to an instant in UTC."""
        self._at = require_utc(at)


def require_utc(instant: datetime) -> datetime:
    """Return the instant unchanged if it is aware and in UTC.

    Raises:
        ValueError: it is naive or in another zone, which is a programmer's error.
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"an instant must be aware and in UTC: {instant!r}")
    return instant


def parse_instant(text: str, *, field: str) -> datetime:
    """Read an RFC 3339 instant with `Z` or an offset, as UTC.

    At most 6 digits of a second are taken: more would have to be cut off.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    matched = _INSTANT.fullmatch(text)
    if not matched:
        raise _bad_instant("This is not a date and time", field)
    if matched["offset"] is None:
        raise _bad_instant("This time lacks its offset from UTC", field)
    try:
        _require_plausible_year(text)
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise _bad_instant("No such date or time can be recorded", field) from error


def format_instant(instant: datetime) -> str:
    """Write an instant in its one canonical form: `2026-11-02T08:30:00.000000Z`."""
    utc = require_utc(instant)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def parse_day(text: str, *, field: str) -> date:
    """Read a civil day written `2026-11-02`.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not _DAY.fullmatch(text):
        raise _bad_day(field)
    try:
        _require_plausible_year(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad_day(field) from error


def zone(name: str, *, field: str) -> ZoneInfo:
    """Return the time zone of an IANA name.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if name not in _zone_names():
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            'No such time zone. Give its IANA name, such as "America/Chicago".',
            field=field,
        )
    return ZoneInfo(name)


def civil_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar on the site's wall shows at an instant."""
    return require_utc(instant).astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a civil day as [start, end) in UTC: 23, 24, 25 or odd hours long.

    Days follow each other without gap or overlap. A day that the zone skipped (Samoa,
    2011-12-30) is empty.
    """
    return _first_instant(day, zone), _first_instant(day + timedelta(days=1), zone)


def period_bounds(
    first_day: date, last_day: date, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return the days from first to last, both included, as [start, end) in UTC.

    Raises:
        InventoryError: INVALID_FIELD if the last day is before the first.
    """
    if last_day < first_day:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The last day is before the first. Swap them or correct one.",
            field="last_day",
        )
    return day_bounds(first_day, zone)[0], day_bounds(last_day, zone)[1]


@cache
def _zone_names() -> frozenset[str]:
    # ZoneInfo itself would also open `right/UTC` (leap seconds) and fail on folders;
    # the two names taken away mean "whatever this machine is set to" and "not set".
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    # fold=0 is the earlier of two midnights. Where midnight is skipped it applies the
    # offset before the change, which is the very instant of the change.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _require_plausible_year(text: str) -> None:
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise ValueError(text)


def _bad_day(field: str) -> InventoryError:
    return InventoryError(
        ErrorCode.INVALID_FIELD,
        f"This is no day of the calendar from {FIRST_YEAR} to {LAST_YEAR}. "
        'Write it as "2026-11-02".',
        field=field,
    )


def _bad_instant(fault: str, field: str) -> InventoryError:
    return InventoryError(
        ErrorCode.INVALID_FIELD,
        f'{fault}. Write it as "2026-11-02T08:30:00Z" '
        'or with the local offset, "2026-11-02T02:30:00-06:00".',
        field=field,
    )
