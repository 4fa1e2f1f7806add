"""A claimed time stays as claimed, or is refused; bounds: AC-13."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.occurrence import resolve_occurred_at

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_nothing_claimed_means_now() -> None:
    assert resolve_occurred_at(None, NOW) == NOW


@pytest.mark.parametrize("offset", [timedelta(minutes=2), -TICK, -timedelta(hours=24)])
def test_a_claim_within_bounds_is_kept_as_it_is(offset: timedelta) -> None:
    assert resolve_occurred_at(NOW + offset, NOW) == NOW + offset


@pytest.mark.parametrize(
    ("offset", "code"),
    [
        (timedelta(minutes=2) + TICK, ErrorCode.TIME_IN_FUTURE),
        (-timedelta(hours=24) - TICK, ErrorCode.TIME_TOO_OLD),
    ],
)
def test_a_claim_beyond_bounds_is_refused(offset: timedelta, code: ErrorCode) -> None:
    with pytest.raises(InventoryError) as caught:
        resolve_occurred_at(NOW + offset, NOW, field="received_at")
    assert caught.value.code is code
    assert caught.value.field == "received_at"
    assert caught.value.data == {"server_time": "2026-11-02T08:30:00.000000Z"}


def test_a_claim_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="UTC"):
        resolve_occurred_at(NOW.replace(tzinfo=None), NOW)
