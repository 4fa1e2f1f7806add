"""A variance opens a case for what no open case says already."""

import pytest

from inventory.discrepancies.rules import Subject, Variance, case_label, unexplained

VAULT_A = Subject("vault", "a")
VAULT_B = Subject("vault", "b")
SHORT, OVER, NONE = Variance(-500, -1), Variance(500, 1), Variance()


@pytest.mark.parametrize(
    ("counted", "known", "opened"),
    [
        (NONE, NONE, None),
        (SHORT, NONE, SHORT),
        (OVER, NONE, OVER),
        (SHORT, SHORT, None),
        (OVER, OVER, None),
        (NONE, SHORT, OVER),
        (OVER, SHORT, Variance(1000, 2)),
        (Variance(-500, 0), SHORT, Variance(0, 1)),
    ],
)
def test_only_the_difference_opens_a_case(
    counted: Variance, known: Variance, opened: Variance | None
) -> None:
    cases = unexplained({VAULT_A: counted}, {VAULT_A: known})
    assert cases == ({VAULT_A: opened} if opened else {})


def test_cases_and_count_then_say_the_same() -> None:
    known = unexplained({VAULT_A: SHORT}, {})
    assert unexplained({VAULT_A: SHORT}, known) == {}


def test_opposite_variances_are_two_cases() -> None:
    counted = {VAULT_B: OVER, VAULT_A: SHORT}
    assert list(unexplained(counted, {}).items()) == [(VAULT_B, OVER), (VAULT_A, SHORT)]


def test_what_was_not_counted_keeps_its_cases() -> None:
    assert unexplained({}, {VAULT_A: SHORT}) == {}


@pytest.mark.parametrize(("number", "label"), [(1, "D-0001"), (12345, "D-12345")])
def test_a_case_is_called_by_its_number(number: int, label: str) -> None:
    assert case_label(number) == label
