"""What a delivery must say: AC-07, AC-11, AC-16, AC-40."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.receiving import rules
from inventory.receiving.rules import EnteredLine, Moment, ReadLabel

SCAN = "(01)10342023114102(17)281231(10)ABC123"
EXPIRY = date(2028, 12, 31)
NEW_YORK = ZoneInfo("America/New_York")
# 09:00 on Monday 2 November 2026 in New York, the day after clocks went back.
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)


def _line(**fields: Any) -> EnteredLine:
    return EnteredLine(**fields)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (_line(scan=SCAN), (("10342023114102", "lines.0.scan"),)),
        (
            _line(code="42023-114-10", lot="ABC123", expires_on=EXPIRY),
            (("42023-114-10", "lines.0.code"),),
        ),
        (
            _line(code="42023-114-10", scan=SCAN, lot="ABC123", expires_on=EXPIRY),
            (("42023-114-10", "lines.0.code"), ("10342023114102", "lines.0.scan")),
        ),
    ],
)
def test_a_label_is_scanned_or_typed_or_both(
    line: EnteredLine, codes: tuple[tuple[str, str], ...]
) -> None:
    read = rules.read_label(line, at="lines.0")
    assert read == ReadLabel(codes, "ABC123", EXPIRY)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (_line(), "code"),
        (_line(scan="(17)281231(10)ABC123"), "code"),
        (_line(code="42023-114-10", expires_on=EXPIRY), "lot"),
        (_line(code="42023-114-10", lot="A"), "expires_on"),
        (_line(scan=SCAN, lot="ABC124"), "lot"),
        (_line(scan=SCAN, lot="abc123"), "lot"),
        (_line(scan=SCAN, expires_on=date(2028, 12, 30)), "expires_on"),
        (_line(scan="nonsense"), "scan"),
    ],
)
def test_what_is_missing_or_disagrees_is_named(line: EnteredLine, field: str) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.read_label(line, at="lines.3")
    assert caught.value.field == f"lines.3.{field}"


def test_a_code_and_a_scan_are_of_one_product() -> None:
    rules.require_one_product(["a", "a"], at="lines.0")
    with pytest.raises(InventoryError) as caught:
        rules.require_one_product(["a", "b"], at="lines.0")
    assert caught.value.code is ErrorCode.PRODUCT_DIFFERS


@pytest.mark.parametrize(
    ("line", "pack_factors", "containers"),
    [
        (_line(containers=7), [1], 7),
        (_line(containers=7), [1, 10], 7),
        (_line(packages=3), [10], 30),
        (_line(packages=3), [1], 3),
        (_line(packages=3, containers_per_package=10), [1, 10], 30),
        (_line(packages=3, containers_per_package=12), [], 36),
    ],
)
def test_containers_follow_from_what_was_counted(
    line: EnteredLine, pack_factors: list[int], containers: int
) -> None:
    assert rules.containers_of(line, pack_factors, at="lines.0") == containers


@pytest.mark.parametrize(
    ("line", "pack_factors", "code", "field"),
    [
        (_line(packages=3), [1, 10], "pack_factor_needed", "containers_per_package"),
        (_line(packages=3), [], "pack_factor_needed", "containers_per_package"),
        # A carton that was scanned is not a vial.
        (_line(containers=3), [10], "pack_factor_needed", "packages"),
        (_line(containers=3), [], "pack_factor_needed", "packages"),
        (_line(), [1], "invalid_field", "containers"),
        (_line(containers=1, packages=1), [1], "invalid_field", "containers"),
        (
            _line(packages=3, containers_per_package=12),
            [10],
            "invalid_field",
            "containers_per_package",
        ),
        (
            _line(containers=3, containers_per_package=1),
            [1],
            "invalid_field",
            "containers_per_package",
        ),
        (_line(containers=0), [1], "invalid_field", "containers"),
        (_line(containers=-1), [1], "invalid_field", "containers"),
        (_line(packages=2_001), [1], "invalid_field", "packages"),
        (
            _line(packages=1, containers_per_package=0),
            [],
            "invalid_field",
            "containers_per_package",
        ),
    ],
)
def test_an_unclear_number_is_refused(
    line: EnteredLine, pack_factors: list[int], code: str, field: str
) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.containers_of(line, pack_factors, at="lines.0")
    assert caught.value.code == code
    assert caught.value.field == f"lines.0.{field}"


@pytest.mark.parametrize(("lines", "at_least"), [(0, 0), (1, 1), (100, 1)])
def test_an_entry_has_up_to_100_lines(lines: int, at_least: int) -> None:
    rules.require_lines(lines, at_least=at_least)


@pytest.mark.parametrize(("lines", "at_least"), [(0, 1), (101, 0)])
def test_too_few_or_too_many_lines_are_refused(lines: int, at_least: int) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_lines(lines, at_least=at_least)
    assert caught.value.field == "lines"


def test_an_entry_has_up_to_2000_containers() -> None:
    rules.require_total(2_000)
    with pytest.raises(InventoryError) as caught:
        rules.require_total(2_001)
    assert caught.value.data == {"containers": 2_001}


@pytest.mark.parametrize(
    ("ordered", "shipped"), [(None, None), (1, 1), (2, None), (None, 2), (1, 2)]
)
def test_ordered_then_shipped_then_received(
    ordered: int | None, shipped: int | None
) -> None:
    rules.require_dates_in_order(_november(ordered), _november(shipped), DAY)


@pytest.mark.parametrize(
    ("ordered", "shipped", "field"),
    [
        (None, 3, "shipped_on"),
        (3, None, "ordered_on"),
        (2, 1, "ordered_on"),
        (1, 3, "shipped_on"),
    ],
)
def test_dates_out_of_order_are_refused(
    ordered: int | None, shipped: int | None, field: str
) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_dates_in_order(_november(ordered), _november(shipped), DAY)
    assert caught.value.field == field


def test_the_day_of_expiry_is_a_day_of_use() -> None:
    rules.require_not_expired(DAY, DAY, at="lines.0")
    with pytest.raises(InventoryError) as caught:
        rules.require_not_expired(date(2026, 11, 1), DAY, at="lines.0")
    assert caught.value.code is ErrorCode.LOT_EXPIRED
    assert caught.value.field == "lines.0.expires_on"


@pytest.mark.parametrize(("moment", "first"), [(Moment.OPENING, 2), (Moment.CLOSE, 3)])
def test_what_the_inventory_counted_is_not_received_again(
    moment: Moment, first: int
) -> None:
    rules.require_after_inventory(date(2026, 11, first), DAY, moment)
    with pytest.raises(InventoryError) as caught:
        rules.require_after_inventory(date(2026, 11, first - 1), DAY, moment)
    assert caught.value.field == "received_at"


@pytest.mark.parametrize(
    ("day", "moment", "instant"),
    [
        (2, Moment.OPENING, datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (2, Moment.CLOSE, NOW),
        # The day the clocks went back had 25 hours.
        (1, Moment.OPENING, datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (1, Moment.CLOSE, datetime(2026, 11, 2, 4, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_an_inventory_stands_at_the_start_or_end_of_its_day(
    day: int, moment: Moment, instant: datetime
) -> None:
    taken_on = date(2026, 11, day)
    assert rules.inventory_instant(taken_on, moment, now=NOW, zone=NEW_YORK) == instant


@pytest.mark.parametrize(
    ("taken_on", "code"),
    [
        (date(2026, 11, 3), ErrorCode.TIME_IN_FUTURE),
        (date(2026, 10, 31), ErrorCode.TIME_TOO_OLD),
    ],
)
def test_an_inventory_is_of_today_or_yesterday(taken_on: date, code: ErrorCode) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.inventory_instant(taken_on, Moment.OPENING, now=NOW, zone=NEW_YORK)
    assert caught.value.code is code
    assert caught.value.field == "taken_on"


def _november(day: int | None) -> date | None:
    return None if day is None else date(2026, 11, day)
