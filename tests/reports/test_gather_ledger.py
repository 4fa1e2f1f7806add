"""The ledger of real books: every entry once, with the balance of the shelf."""

from datetime import date, timedelta

import pytest

from inventory.journal.events import Tag
from inventory.kernel.errors import ErrorCode
from inventory.reconciliation.rules import Term
from reports import ledger_lines
from reports.figures import spans
from reports.gather_ledger import gather
from reports.ledger_data import Holding, LedgerLine, PerpetualLedger, Signer
from reports.ledger_words import event_words
from tests.clinic import MONDAY
from tests.refusals import refused
from tests.reports import samples
from tests.reports.ward import PATIENT, Ward
from tests.signing import prover


def _gathered(ward: Ward, product_id: str) -> tuple[PerpetualLedger, list[LedgerLine]]:
    with ward.clinic.database.reading() as db:
        data = gather(
            db,
            ward.asked(product_id),
            generated_at=ward.clinic.clock.now(),
            generated_by="Olga Officer",
            prover=prover(ward.clinic),
        )
        return data, list(data.lines)


def _closing(data: PerpetualLedger, lines: list[LedgerLine]) -> Holding:
    return Holding(
        data.opening.shelf_ug + sum(line.shelf_ug for line in lines),
        data.opening.drawn_ug + sum(line.drawn_ug for line in lines),
    )


def test_a_day_is_told_line_by_line(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    told = [
        (line.event, line.containers, line.reference) for line in ward.lines(product_id)
    ]
    assert told == [
        ("Received from Wholesale Pharma into Vault", "1 to 10", "INV-1"),
        ("Drawn from Vault", "1", PATIENT),
        ("Given, IV", "1", PATIENT),
        ("Wasted, sequestration device", "1", PATIENT),
    ]


def test_each_line_says_what_it_moved_and_who_signed(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    moved = [
        (line.shelf_ug, line.drawn_ug, line.given_ug, line.wasted_ug)
        for line in ward.lines(product_id)
    ]
    assert moved == [
        (5_000_000, 0, 0, 0),
        (-50_000, 50_000, 0, 0),
        (0, -35_650, 35_650, 0),
        (0, -14_350, 0, 14_350),
    ]
    wasted = ward.lines(product_id)[-1]
    assert wasted.actor == Signer("CC", "Cleo Clinician")
    assert wasted.witness == Signer("WW", "Wim Witness")


def test_the_ledger_closes_as_the_equation_does(ward: Ward) -> None:
    received = ward.work().lines[0]
    session_id = ward.steps.open_session().session_id
    ward.steps.draw(session_id, (received.containers[0].id, "0.5 mL"))
    data, lines = _gathered(ward, received.product_id)
    [product] = ward.steps.figures(data.edition.position).products
    equation = product.equation
    assert data.closing == _closing(data, lines)
    assert data.closing.shelf_ug == equation.on_the_shelf.amount_ug == 4_925_000
    assert data.closing.drawn_ug == equation.drawn_ug == 25_000
    for term, column in (
        (Term.RECEIVED, sum(max(line.shelf_ug, 0) for line in lines)),
        (Term.ADMINISTERED, sum(line.given_ug for line in lines)),
        (Term.WASTED, sum(line.wasted_ug for line in lines)),
    ):
        assert equation.terms[term].amount_ug == column


def test_the_next_day_opens_where_this_one_closed(ward: Ward) -> None:
    received = ward.work().lines[0]
    today, _ = _gathered(ward, received.product_id)
    ward.clinic.clock.advance(timedelta(days=1))
    ward.treat(received.containers[0].id)
    with ward.clinic.database.reading() as db:
        tuesday = MONDAY + timedelta(days=1)
        asked = ward.asked(received.product_id, first_day=tuesday, last_day=tuesday)
        now = ward.clinic.clock.now()
        data = gather(
            db, asked, generated_at=now, generated_by="x", prover=prover(ward.clinic)
        )
        lines = list(data.lines)
    assert data.opening == today.closing == Holding(4_950_000, 0)
    assert lines[0].event == "Drawn from Vault"
    assert data.closing == _closing(data, lines)


def test_a_draw_from_two_vials_takes_a_line_for_each(ward: Ward) -> None:
    received = ward.work().lines[0]
    first, second = received.containers[:2]
    ward.steps.open_container(second.id)
    session_id = ward.steps.open_session().session_id
    ward.steps.draw(session_id, (second.id, "0.25 mL"), (first.id, "0.5 mL"))
    drawn = ward.lines(received.product_id)[-2:]
    assert len({line.position for line in drawn}) == 1
    told = [(line.containers, line.shelf_ug) for line in drawn]
    assert told == [("1", -25_000), ("2", -12_500)]


def test_a_delivery_of_two_lots_takes_a_line_for_each(ward: Ward) -> None:
    ward.receive(2)
    received = ward.receive(3, lot="B7")
    lines = ward.lines(received.lines[0].product_id)
    told = [(line.lot, line.containers, line.shelf_ug) for line in lines]
    assert told == [("ABC123", "1 to 2", 1_000_000), ("B7", "3 to 5", 1_500_000)]


def test_another_product_is_left_out(ward: Ward) -> None:
    other = ward.receive(4, code="42023-115-10", lot="K100").lines[0]
    product_id = ward.work().lines[0].product_id
    assert [line.lot for line in ward.lines(other.product_id)] == ["K100"]
    assert "K100" not in {line.lot for line in ward.lines(product_id)}


@pytest.mark.parametrize(("minutes", "is_late"), [(15, False), (16, True)])
def test_an_entry_written_up_afterwards_is_marked(
    ward: Ward, minutes: int, *, is_late: bool
) -> None:
    received = ward.work().lines[0]
    ward.clinic.clock.advance(timedelta(hours=1))
    session_id = ward.steps.open_session().session_id
    occurred_at = ward.clinic.clock.now()
    ward.clinic.clock.advance(timedelta(minutes=minutes))
    ward.steps.draw(
        session_id, (received.containers[0].id, "1 mL"), occurred_at=occurred_at
    )
    assert ward.lines(received.product_id)[-1].is_late is is_late


def test_lines_that_are_printed_add_up_to_the_books(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    text = " ".join(samples.pages_of(ward.print_ledger(product_id)))
    assert "Totals, closing balance 5000 50 35.65 14.35 4950 99" in text
    assert "These 4 lines add up to what the books hold 4950 mg (99 mL)" in text
    assert "CC Cleo Clinician PP Pat Pharmacist WW Wim Witness" in text


def test_the_same_moment_and_books_give_the_same_bytes(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    assert ward.print_ledger(product_id) == ward.print_ledger(product_id)


def test_a_longer_history_takes_no_more_statements(ward: Ward) -> None:
    received = ward.work().lines[0]
    few = _statements(ward, received.product_id)
    for _ in range(6):
        ward.treat(received.containers[0].id)
    assert _statements(ward, received.product_id) == few


def _statements(ward: Ward, product_id: str) -> int:
    ward.print_ledger(product_id)  # signs what nobody has signed yet
    with ward.statements() as sent:
        ward.print_ledger(product_id)
    return len(sent)


def test_entries_read_in_small_parts_give_the_same_lines(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = ward.work().lines[0].product_id
    at_once = ward.lines(product_id)
    monkeypatch.setattr(ledger_lines, "_EVENTS_AT_ONCE", 1)
    assert ward.lines(product_id) == at_once


def test_a_day_without_entries_is_an_empty_ledger(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    sunday = MONDAY - timedelta(days=1)
    assert ward.lines(product_id, first_day=sunday, last_day=sunday) == []


def test_a_product_that_was_never_held_is_not_found(ward: Ward) -> None:
    ward.work()
    with refused(ErrorCode.NOT_FOUND):
        ward.lines("prd_00000000000000000000000000")


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [(MONDAY, MONDAY - timedelta(days=1)), (MONDAY, MONDAY + timedelta(days=1))],
    ids=["backwards", "into the future"],
)
def test_a_period_that_cannot_be_is_refused(
    ward: Ward, first_day: date, last_day: date
) -> None:
    product_id = ward.work().lines[0].product_id
    with refused(ErrorCode.INVALID_FIELD, at="last_day"):
        ward.lines(product_id, first_day=first_day, last_day=last_day)


def test_an_event_that_moves_no_stock_has_no_words() -> None:
    with pytest.raises(AssertionError, match="session:opened"):
        event_words({"tag": Tag.SESSION_OPENED, "data": {}}, "Vault")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], ""),
        ([7], "7"),
        ([7, 8], "7 to 8"),
        ([1, 2, 3, 7, 12, 13], "1 to 3, 7, 12 to 13"),
    ],
)
def test_numbers_that_follow_each_other_are_drawn_together(
    numbers: list[int], words: str
) -> None:
    assert spans(numbers) == words
