"""An unbalanced posting cannot be built; an amount is taken first drawn, first used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger import accounts
from inventory.ledger.accounts import LIMITED, SINKS, SOURCES, Kind
from inventory.ledger.postings import (
    AMOUNT_UG_MAX,
    Leg,
    Portion,
    Posting,
    allocate,
    move,
)

VIAL_UG = 500_000
SHELF = accounts.stock("loc_vault")
SYRINGE = accounts.drawn("ses_one")


def _leg(amount_ug: int, account: accounts.Account, container: str = "ctr_a") -> Leg:
    return Leg(account, container, amount_ug, VIAL_UG)


@pytest.mark.parametrize(
    ("legs", "fault"),
    [
        ([], "moves something"),
        ([_leg(-1, SHELF)], "sum to zero"),
        ([_leg(-2, SHELF), _leg(1, SYRINGE)], "sum to zero"),
        # Balanced over all, but one vial loses what the other gains.
        ([_leg(-5, SHELF, "ctr_a"), _leg(5, SYRINGE, "ctr_b")], "sum to zero"),
        ([_leg(0, SHELF), _leg(0, SYRINGE)], "out of range"),
        (
            [_leg(AMOUNT_UG_MAX + 1, SHELF), _leg(-AMOUNT_UG_MAX - 1, SYRINGE)],
            "out of range",
        ),
        ([_leg(-2, SHELF), _leg(1, SYRINGE), _leg(1, SYRINGE)], "one leg per"),
    ],
)
def test_an_unbalanced_posting_cannot_be_built(legs: list[Leg], fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        Posting(legs)


def test_legs_stand_in_the_order_in_which_accounts_are_locked() -> None:
    posting = Posting(
        [
            _leg(3, SYRINGE, "ctr_b"),
            _leg(-3, SHELF, "ctr_b"),
            _leg(-1, SHELF, "ctr_a"),
            _leg(1, SYRINGE, "ctr_a"),
        ]
    )
    order = [(leg.container_id, str(leg.account)) for leg in posting.legs]
    assert order == sorted(order)


def test_a_move_takes_from_one_account_what_it_gives_to_the_other() -> None:
    posting = move(
        [Portion("ctr_a", 35_650, VIAL_UG)], out_of=SYRINGE, into=accounts.wasted("s")
    )
    assert sorted(leg.amount_ug for leg in posting.legs) == [-35_650, 35_650]


@pytest.mark.parametrize(
    ("amount_ug", "expected"),
    [
        (1, {"ctr_a": 1}),
        (100, {"ctr_a": 100}),
        (101, {"ctr_a": 100, "ctr_b": 1}),
        (150, {"ctr_a": 100, "ctr_b": 50}),
    ],
)
def test_what_was_drawn_first_is_used_first(
    amount_ug: int, expected: dict[str, int]
) -> None:
    held = [Portion("ctr_a", 100, VIAL_UG), Portion("ctr_b", 50, VIAL_UG)]
    taken = allocate(amount_ug, held)
    assert {each.container_id: each.amount_ug for each in taken} == expected


def test_more_than_is_held_is_refused_with_both_figures() -> None:
    with pytest.raises(InventoryError) as refused:
        allocate(151, [Portion("ctr_a", 100, VIAL_UG), Portion("ctr_b", 50, VIAL_UG)])
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    assert refused.value.data == {"asked_ug": 151, "available_ug": 150}


@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=6).flatmap(
        lambda held: st.tuples(st.just(held), st.integers(1, sum(held)))
    )
)
def test_an_allocation_is_exact_and_takes_no_more_than_is_there(
    drawn: tuple[list[int], int],
) -> None:
    held_ug, amount_ug = drawn
    held = [Portion(f"ctr_{n}", ug, VIAL_UG) for n, ug in enumerate(held_ug)]
    taken = allocate(amount_ug, held)
    assert sum(each.amount_ug for each in taken) == amount_ug
    # The last containers may not be needed, so the lists differ in length.
    assert all(
        0 < one.amount_ug <= two.amount_ug
        for one, two in zip(taken, held, strict=False)
    )


def test_every_kind_of_account_is_a_source_a_sink_or_limited() -> None:
    assert set(Kind) == SOURCES | SINKS | LIMITED
    assert not SOURCES & SINKS
    assert not LIMITED & (SOURCES | SINKS)


def test_a_container_holds_at_least_nothing_and_at_most_its_label() -> None:
    assert accounts.limits_ug(SHELF, VIAL_UG) == (0, VIAL_UG)
    with pytest.raises(AssertionError):
        accounts.limits_ug(accounts.wasted("ses_one"), VIAL_UG)
