"""Instants are UTC, and civil days of odd length still follow each other exactly."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kernel.clock import (
    FrozenClock,
    SystemClock,
    civil_day,
    day_bounds,
    format_instant,
    parse_day,
    parse_instant,
    period_bounds,
    require_utc,
    zone,
)
from inventory.kernel.errors import ErrorCode, InventoryError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZONES = st.sampled_from(
    [
        "America/Chicago",
        "America/Asuncion",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Atlantic/Azores",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Honolulu",
        "Pacific/Kiritimati",
    ]
)
INSTANTS = st.integers(631_152_000_000_000, 4_102_444_800_000_000).map(
    lambda microseconds: (
        datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    )
)  # 1990 to 2100


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = FrozenClock(NOON)
    clock.advance(timedelta(minutes=5))
    assert clock.now() == clock.now() == NOON + timedelta(minutes=5)
    clock.set(NOON)
    assert clock.now() == NOON


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize(
    "instant",
    [NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=1)))],
)
def test_an_instant_outside_utc_is_a_programmers_error(instant: datetime) -> None:
    with pytest.raises(ValueError, match="aware and in UTC"):
        require_utc(instant)


@given(INSTANTS)
def test_every_instant_survives_writing_and_reading(instant: datetime) -> None:
    assert parse_instant(format_instant(instant), field="at") == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02T08:30:00Z", "2026-11-02T08:30:00.000000Z"),
        ("2026-11-02T02:30:00.5-06:00", "2026-11-02T08:30:00.500000Z"),
        ("2026-11-02T00:00:00+05:45", "2026-11-01T18:15:00.000000Z"),
    ],
)
def test_an_instant_is_read_as_utc(text: str, expected: str) -> None:
    assert format_instant(parse_instant(text, field="at")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-02",
        "2026-11-02 08:30:00Z",
        "2026-11-02T08:30Z",
        "2026-11-02T08:30:00",
        "2026-11-02T08:30:00z",
        "2026-11-02T08:30:00Z\n",
        "2026-02-30T08:30:00Z",
        "2026-11-02T24:00:00Z",
        "2026-11-02T08:30:60Z",
        "2026-11-02T08:30:00.1234567Z",
        "2026-11-02T08:30:00+24:00",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:00:00-23:00",
    ],
)
def test_any_other_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InventoryError, match="2026-11-02T08:30:00Z") as caught:
        parse_instant(text, field="occurred_at")
    assert caught.value.code is ErrorCode.INVALID_FIELD
    assert caught.value.field == "occurred_at"


def test_a_time_without_its_offset_is_told_so() -> None:
    with pytest.raises(InventoryError, match="lacks its offset"):
        parse_instant("2026-11-02T08:30:00", field="at")


def test_a_day_is_read_strictly() -> None:
    assert parse_day("2028-02-29", field="day") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["", "2026-2-3", "20260203", "2026-02-30", "0026-02-03", "2026-W06-2"]
)
def test_any_other_day_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="2026-11-02"):
        parse_day(text, field="day")


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "America", "../etc/passwd", "right/UTC", "localtime"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(InventoryError, match="America/Chicago"):
        zone(name, field="zone")


@pytest.mark.parametrize(
    ("name", "day", "start", "hours"),
    [
        ("America/Chicago", "2026-03-08", "2026-03-08T06:00", 23),
        ("America/Chicago", "2026-11-01", "2026-11-01T05:00", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        ("Asia/Kathmandu", "2026-11-02", "2026-11-01T18:15", 24),
        ("Pacific/Kiritimati", "2026-11-02", "2026-11-01T10:00", 24),
        ("Pacific/Honolulu", "2026-11-02", "2026-11-02T10:00", 24),
        # Midnight does not exist: the day starts at 01:00.
        ("Atlantic/Azores", "2026-03-29", "2026-03-29T01:00", 23),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00", 23),
        ("America/Asuncion", "2023-10-01", "2023-10-01T04:00", 23),
        # The last hour of the day before came twice.
        ("America/Asuncion", "2024-03-23", "2024-03-23T03:00", 25),
        # Midnight comes twice: the day starts at the first.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00", 25),
        # The calendar left this day out.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", 0),
    ],
)
def test_a_civil_day_has_its_own_start_and_length(
    name: str, day: str, start: str, hours: float
) -> None:
    bounds = day_bounds(date.fromisoformat(day), zone(name, field="zone"))
    assert bounds[0] == datetime.fromisoformat(f"{start}:00+00:00")
    assert bounds[1] - bounds[0] == timedelta(hours=hours)


@given(INSTANTS, ZONES)
def test_every_instant_lies_in_exactly_the_civil_day_it_shows(
    instant: datetime, name: str
) -> None:
    site = ZoneInfo(name)
    day = civil_day(instant, site)
    start, end = day_bounds(day, site)
    assert start <= instant < end
    assert civil_day(start, site) == day
    assert civil_day(start - timedelta(microseconds=1), site) < day
    assert day_bounds(day + timedelta(days=1), site)[0] == end


def test_a_period_includes_both_its_days() -> None:
    site = ZoneInfo("America/Chicago")
    start, end = period_bounds(date(2026, 10, 31), date(2026, 11, 1), site)
    assert end - start == timedelta(hours=49)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InventoryError, match="before the first"):
        period_bounds(date(2026, 11, 2), date(2026, 11, 1), ZoneInfo("UTC"))
