"""Identifiers sort by time, and other shapes are refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import check_id, new_id

AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
GOOD = "ses_01JBN8RG00ABCDEFGHJKMNPQRS"


@given(st.integers(0, 2**47), st.integers(1, 2**40))
def test_a_later_identifier_sorts_after_an_earlier_one(start: int, gap: int) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    earlier = epoch + timedelta(milliseconds=start)
    later = earlier + timedelta(milliseconds=gap)
    assert new_id("ses", earlier) < new_id("ses", later)


def test_the_time_part_is_milliseconds_in_crockford_base32() -> None:
    assert new_id("ses", datetime.fromtimestamp(1469918176.385, UTC)).startswith(
        "ses_01ARYZ6S41"
    )


def test_identifiers_of_one_instant_differ() -> None:
    assert len({new_id("ses", AT) for _ in range(100)}) == 100


def test_a_new_identifier_has_the_shape_that_is_checked() -> None:
    made = new_id("ses", AT)
    assert check_id(made, "ses", field="session") == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ses_",
        "ses",
        GOOD.lower(),
        GOOD[:-1],
        f"{GOOD}0",
        f"{GOOD}\n",
        f" {GOOD}",
        f"vial{GOOD[3:]}",
        f"{GOOD[:-1]}U",
        f"ses_8{GOOD[5:]}",
        f"{GOOD[:-1]}٣",
    ],
)
def test_any_other_shape_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match='starts with "ses_"') as caught:
        check_id(text, "ses", field="session")
    assert (caught.value.code, caught.value.field) == (
        ErrorCode.INVALID_FIELD,
        "session",
    )


@pytest.mark.parametrize("prefix", ["", "s", "Ses", "vessel", "s_s", "s1"])
def test_an_odd_prefix_is_a_programmers_error(prefix: str) -> None:
    with pytest.raises(ValueError, match="2 to 5 lower-case letters"):
        new_id(prefix, AT)
