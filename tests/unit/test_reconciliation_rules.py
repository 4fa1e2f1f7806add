"""The equation of a period, and the shelf against its counts."""

from datetime import date

import pytest

from inventory.kernel.errors import ErrorCode
from inventory.ledger.accounts import Kind
from inventory.reconciliation.rules import (
    ON_HAND,
    TERM_OF,
    Equation,
    Quantity,
    Sum,
    Term,
    build_equation,
    close,
    judge,
    require_period,
)
from tests.refusals import refused

PLACES = {"vault": "Vault", "room": "Procedure room"}


def _sum(
    kind: Kind, amount_ug: int, *, container: str = "c1", at: str = "vault"
) -> Sum:
    return Sum(
        lot_id="a",
        container_id=container,
        kind=kind,
        holder_id=at,
        amount_ug=amount_ug,
    )


def _terms(equation: Equation) -> dict[Term, Quantity]:
    return {term: each for term, each in equation.terms.items() if each != Quantity()}


def test_every_kind_of_account_has_its_place_in_the_equation() -> None:
    assert set(TERM_OF) == set(Kind)
    assert set(ON_HAND) == {Kind.STOCK, Kind.DRAWN}


def test_every_term_is_in_every_equation() -> None:
    assert set(build_equation((), ()).terms) == set(Term)


def test_ten_vials_came_and_one_was_used_in_a_session() -> None:
    opening = [_sum(Kind.STOCK, 500, container="c0")]
    moved = [
        _sum(Kind.SUPPLIER, -500, at="rcp"),
        _sum(Kind.STOCK, 464),
        _sum(Kind.ADMINISTERED, 30, at="ses"),
        _sum(Kind.WASTED, 5, at="ses"),
        _sum(Kind.DRAWN, 1, at="ses"),
    ]
    equation = build_equation(opening, moved)
    assert _terms(equation) == {
        Term.OPENING: Quantity(500, 1),
        Term.RECEIVED: Quantity(500, 1),
        Term.ADMINISTERED: Quantity(30),
        Term.WASTED: Quantity(5),
    }
    assert equation.on_the_books == Quantity(965, 2)
    assert equation.drawn_ug == 1
    assert equation.on_the_shelf == Quantity(964, 2)


def test_the_first_inventory_is_no_receipt() -> None:
    moved = [_sum(Kind.OPENING, -500, at="inv"), _sum(Kind.STOCK, 500)]
    equation = build_equation((), moved)
    assert _terms(equation) == {Term.INITIAL_INVENTORY: Quantity(500, 1)}


def test_a_container_that_is_empty_is_used_up() -> None:
    moved = [_sum(Kind.STOCK, -500), _sum(Kind.ADMINISTERED, 500, at="ses")]
    equation = build_equation([_sum(Kind.STOCK, 500)], moved)
    assert equation.terms[Term.EMPTIED] == Quantity(0, 1)
    assert equation.on_the_books == Quantity(0, 0)


def test_a_receipt_that_was_reversed_brought_nothing() -> None:
    moved = [_sum(Kind.SUPPLIER, 500, at="rcp"), _sum(Kind.STOCK, -500)]
    equation = build_equation([_sum(Kind.STOCK, 500)], moved)
    assert equation.terms[Term.RECEIVED] == Quantity(-500, -1)
    assert equation.on_the_books == Quantity(0, 0)


def test_books_that_do_not_add_up_are_not_reconciled() -> None:
    with refused(ErrorCode.INTERNAL):
        build_equation((), [_sum(Kind.ADMINISTERED, 30, at="ses")])


def test_lots_add_up_to_their_product_term_by_term() -> None:
    lot = build_equation((), [_sum(Kind.SUPPLIER, -500), _sum(Kind.STOCK, 500)])
    product = lot + lot
    assert product.terms[Term.RECEIVED] == Quantity(1000, 2)
    assert product.on_the_books == lot.on_the_books.times(2)


def test_closing_leaves_out_what_came_back_to_zero() -> None:
    opening = [_sum(Kind.STOCK, 500), _sum(Kind.STOCK, 300, container="c2")]
    closing = close(opening, [_sum(Kind.STOCK, -500)])
    assert [(each.container_id, each.amount_ug) for each in closing] == [("c2", 300)]


def test_shortage_and_overage_stay_apart() -> None:
    shelf = judge(
        [("vault", Quantity(1500, 3))],
        [Quantity(-500, -1), Quantity(500, 1)],
        counted_places=["vault"],
        name_of=PLACES,
    )
    assert (shelf.short, shelf.over) == (Quantity(-500, -1), Quantity(500, 1))
    assert shelf.variance == Quantity()
    assert shelf.counted == Quantity(1500, 3)


def test_the_count_is_carried_to_the_end_of_the_period() -> None:
    shelf = judge(
        [("vault", Quantity(900, 2))],
        [Quantity(-500, -1)],
        counted_places=["vault"],
        name_of=PLACES,
    )
    assert shelf.counted == Quantity(400, 1)


def test_nothing_is_called_counted_while_a_place_with_some_of_it_is_not() -> None:
    shelf = judge(
        [("vault", Quantity(900, 2)), ("room", Quantity(500, 1))],
        [Quantity(-500, -1)],
        counted_places=["vault"],
        name_of=PLACES,
    )
    assert shelf.uncounted == ("Procedure room",)
    assert shelf.counted is None
    assert shelf.short == Quantity(-500, -1)


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [(date(2026, 11, 3), date(2026, 11, 2)), (date(2026, 11, 1), date(2026, 11, 4))],
    ids=["backwards", "into the future"],
)
def test_a_period_that_cannot_be_reconciled_is_refused(
    first_day: date, last_day: date
) -> None:
    with refused(ErrorCode.INVALID_FIELD, "last_day"):
        require_period(first_day, last_day, today=date(2026, 11, 3))


def test_today_can_be_reconciled_so_far() -> None:
    require_period(date(2026, 11, 3), date(2026, 11, 3), today=date(2026, 11, 3))
