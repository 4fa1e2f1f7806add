"""Amounts are exact integers, and text that is not plainly an amount is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import (
    MAX_AMOUNT,
    Form,
    Strength,
    dose_ug,
    format_amount,
    format_mg,
    format_ml,
    parse_amount,
    parse_amount_or_zero,
    parse_decimal,
    parse_weight_kg,
)

KETAMINE_50 = Strength(Form.SOLUTION, 50_000)
KETAMINE_100 = Strength(Form.SOLUTION, 100_000)
ESKETAMINE = Strength(Form.DEVICE, 28_000)


def refusal(call: Callable[[], object]) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("0", 3, 0),
        ("7", 0, 7),
        ("35.65", 3, 35_650),
        ("0.001", 3, 1),
        ("9007199254740.991", 3, MAX_AMOUNT),
    ],
)
def test_a_plain_number_is_read_exactly(text: str, places: int, expected: int) -> None:
    assert parse_decimal(text, places=places, field="amount") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+1",
        "-1",
        " 1",
        "1 ",
        "1\n",
        "1e3",
        "1_0",
        "\uff11\uff12",
        "1,5",
        "1,000",
        "NaN",
        "Infinity",
        "01",
        "00",
        ".5",
        "5.",
        "1.2.3",
        "0x10",
        "1" * 25,
        "0." + "1" * 99,
        "9007199254740.992",
        1,
        1.5,
        True,
        None,
        ["1"],
    ],
)
def test_any_other_number_is_refused_with_an_example(text: object) -> None:
    error = refusal(lambda: parse_decimal(text, places=3, field="lines.0.amount"))
    assert error.code is ErrorCode.INVALID_AMOUNT
    assert error.field == "lines.0.amount"
    assert "12.5" in error.message or "Check the digits" in error.message


@pytest.mark.parametrize(
    ("text", "places", "says"),
    [("1.0001", 3, "at most 3 decimals"), ("1.0", 0, "without decimals")],
)
def test_excess_decimals_are_refused_not_cut(text: str, places: int, says: str) -> None:
    error = refusal(lambda: parse_decimal(text, places=places, field="amount"))
    assert says in error.message
    assert error.data == {"decimals_allowed": places}


@given(st.integers(0, MAX_AMOUNT))
def test_every_amount_survives_writing_and_reading_in_mg(amount_ug: int) -> None:
    written = format_mg(amount_ug)
    assert parse_amount_or_zero(written, KETAMINE_50, field="amount") == amount_ug


@given(st.integers(1, 10**9), st.integers(1, 500_000))
def test_an_exact_volume_survives_and_an_inexact_one_is_marked(
    amount_ug: int, ug_per_ml: int
) -> None:
    strength = Strength(Form.SOLUTION, ug_per_ml)
    written = format_amount(amount_ug, strength)
    if written.startswith("≈"):
        assert amount_ug * 10**6 % ug_per_ml
    else:
        assert parse_amount(written, strength, field="amount") == amount_ug


@given(st.integers(1, 10_000))
def test_every_number_of_devices_survives_writing_and_reading(devices: int) -> None:
    amount_ug = ESKETAMINE.amount_of_devices(devices)
    written = format_amount(amount_ug, ESKETAMINE)
    assert parse_amount(written, ESKETAMINE, field="amount") == amount_ug


@pytest.mark.parametrize(
    ("text", "strength", "expected"),
    [
        ("35.65 mg", KETAMINE_50, 35_650),
        ("0.713 mL", KETAMINE_50, 35_650),
        ("0.00001 ml", KETAMINE_100, 1),
        ("1 device", ESKETAMINE, 28_000),
        ("3 devices", ESKETAMINE, 84_000),
        ("56 mg", ESKETAMINE, 56_000),
    ],
)
def test_an_amount_is_read_in_the_units_of_its_product(
    text: str, strength: Strength, expected: int
) -> None:
    assert parse_amount(text, strength, field="amount") == expected


@pytest.mark.parametrize(
    ("text", "strength", "code"),
    [
        ("35.65", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("35.65mg", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("35.65  mg", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("35.65 MG", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("1 g", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("0.0001 mg", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("0.0000001 mL", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("9000000000 mL", Strength(Form.SOLUTION, 2_000_000), ErrorCode.INVALID_AMOUNT),
        ("1 device", KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("0.2 mL", ESKETAMINE, ErrorCode.INVALID_AMOUNT),
        ("0.5 devices", ESKETAMINE, ErrorCode.INVALID_AMOUNT),
        (35.65, KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        (None, KETAMINE_50, ErrorCode.INVALID_AMOUNT),
        ("0.000001 mL", KETAMINE_50, ErrorCode.INEXACT_AMOUNT),
        ("30 mg", ESKETAMINE, ErrorCode.INEXACT_AMOUNT),
        ("0 mg", KETAMINE_50, ErrorCode.AMOUNT_NOT_POSITIVE),
        ("0 devices", ESKETAMINE, ErrorCode.AMOUNT_NOT_POSITIVE),
    ],
)
def test_an_amount_that_does_not_fit_its_product_is_refused(
    text: object, strength: Strength, code: ErrorCode
) -> None:
    error = refusal(lambda: parse_amount(text, strength, field="amount"))
    assert (error.code, error.field) == (code, "amount")


def test_a_count_may_find_nothing() -> None:
    assert parse_amount_or_zero("0 mL", KETAMINE_50, field="counted") == 0


@pytest.mark.parametrize("ug_per_unit", [0, -50_000, MAX_AMOUNT + 1])
def test_a_strength_is_above_zero_and_bounded(ug_per_unit: int) -> None:
    assert refusal(lambda: Strength(Form.SOLUTION, ug_per_unit)).field == "strength"


def test_a_solution_has_no_devices_and_a_device_no_volume() -> None:
    assert KETAMINE_50.devices(28_000) is None
    assert ESKETAMINE.volume_nl(28_000) is None


@pytest.mark.parametrize(
    ("amount_ug", "strength", "expected"),
    [
        (35_650, KETAMINE_50, "0.713 mL"),
        (0, KETAMINE_50, "0 mL"),
        (-50_000_000, KETAMINE_50, "-1000 mL"),
        (1, Strength(Form.SOLUTION, 3), "≈0.333333 mL"),
        (-2, Strength(Form.SOLUTION, 3), "≈-0.666667 mL"),
        (28_000, ESKETAMINE, "1 device"),
        (-56_000, ESKETAMINE, "-2 devices"),
        (14_000, ESKETAMINE, "14 mg"),
    ],
)
def test_an_amount_is_written_in_the_unit_of_its_product(
    amount_ug: int, strength: Strength, expected: str
) -> None:
    assert format_amount(amount_ug, strength) == expected


def test_a_device_is_never_written_in_ml() -> None:
    with pytest.raises(ValueError, match="only a solution"):
        format_ml(28_000, ESKETAMINE)


def test_a_dose_by_weight_is_exact() -> None:
    weight_g = parse_weight_kg("71.3", field="weight")
    amount_ug = dose_ug(500, weight_g, field="dose")
    assert format_mg(amount_ug) == "35.65 mg"
    assert format_ml(amount_ug, KETAMINE_50) == "0.713 mL"


def test_a_dose_with_a_remainder_is_refused() -> None:
    error = refusal(lambda: dose_ug(333, 70_001, field="dose"))
    assert error.code is ErrorCode.INEXACT_AMOUNT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", ErrorCode.AMOUNT_NOT_POSITIVE),
        ("2000.001", ErrorCode.INVALID_AMOUNT),
        ("71.3001", ErrorCode.INVALID_AMOUNT),
    ],
)
def test_an_impossible_weight_is_refused(text: str, code: ErrorCode) -> None:
    assert refusal(lambda: parse_weight_kg(text, field="weight")).code is code


def test_a_horse_may_weigh_two_tonnes() -> None:
    assert parse_weight_kg("2000", field="weight") == 2_000_000
