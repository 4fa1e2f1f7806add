"""Reconciliations: the equation of real books, and the same figures for ever."""

import json
from datetime import date, timedelta

import pytest

from inventory.counts.commands import count_digest
from inventory.journal import book
from inventory.kernel.errors import ErrorCode
from inventory.models.people import Person
from inventory.reconciliation.queries import get_reconciliation, list_reconciliations
from inventory.reconciliation.rules import Quantity, Term
from inventory.sessions.rules import Route
from tests.clinic import MONDAY, Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.counts import lot, reading
from tests.steps.deliveries import ESKETAMINE, KETAMINE_100

VIAL_UG = 500_000
TUESDAY = MONDAY + timedelta(days=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    return Steps(clinic)


def _session(ward: Steps, vial: str) -> str:
    """Draw 1 mL, give 0.713 mL, waste the rest before the colleague."""
    session = ward.open_session().session_id
    ward.draw(session, (vial, "1 mL"))
    ward.give(session, "0.713 mL")
    ward.witness(ward.ask(session, "0.287 mL"))
    ward.close(session)
    return session


def test_ten_vials_one_session_one_vial_missing(ward: Steps, clinic: Clinic) -> None:
    vials = ward.stock(vials=10)
    ward.open_container(vials[0])
    _session(ward, vials[0])
    started = ward.start_count()
    figures_written = [lot(started.sheet.lots[0].id, 8)], [reading(1, "9 mL")]
    digest = count_digest(ward.write_count(started, *figures_written))
    proof = clinic.proof(clinic.colleague, digest)
    ward.commit_count(started, *figures_written, witness=proof)

    figures = ward.figures(ward.size())
    [product] = figures.products
    terms = {t: q for t, q in product.equation.terms.items() if q != Quantity()}
    assert terms == {
        Term.RECEIVED: Quantity(10 * VIAL_UG, 10),
        Term.ADMINISTERED: Quantity(35_650),
        Term.WASTED: Quantity(14_350),
    }
    assert product.equation.on_the_shelf == Quantity(4_950_000, 10)
    assert product.shelf.expected == Quantity(4_950_000, 10)
    assert product.shelf.counted == Quantity(4_450_000, 9)
    assert product.shelf.short == Quantity(-VIAL_UG, -1)
    [container] = product.containers
    assert (container.number, container.shelf.variance) == (1, Quantity())
    [used] = figures.counts
    assert (used.place, used.counted_by.name) == ("Vault", "Pat Pharmacist")
    assert used.witnessed_by is not None
    assert used.witnessed_by.name == "Wim Witness"
    assert used.witnessed_by.factors == ("password",)
    assert [case.label for case in figures.discrepancies] == ["D-0001"]
    assert figures.places_not_counted == ()


def test_one_period_opens_where_the_one_before_closed(
    ward: Steps, clinic: Clinic
) -> None:
    vials = ward.stock(vials=2)
    ward.open_container(vials[0])
    _session(ward, vials[0])
    clinic.clock.advance(A_DAY)
    _session(ward, vials[0])
    ward.stock(KETAMINE_100, lot="K7")
    known = ward.size()
    [monday] = ward.figures(known).products
    stronger, tuesday = ward.figures(known, TUESDAY, TUESDAY).products
    [_, both] = ward.figures(known, MONDAY, TUESDAY).products
    assert tuesday.equation.terms[Term.OPENING] == monday.equation.on_the_books
    assert both.equation.on_the_books == tuesday.equation.on_the_books
    assert both.equation.terms[Term.OPENING] == Quantity()
    assert both.equation.terms[Term.WASTED] == Quantity(2 * 14_350)
    assert stronger.ndc == KETAMINE_100


def test_what_a_session_still_holds_is_not_on_the_shelf(
    ward: Steps, clinic: Clinic
) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    session = ward.open_session().session_id
    ward.draw(session, (vial, "1 mL"))
    ward.draw(session, (vial, "1 mL"))
    ward.give(session, "0.5 mL")
    [product] = ward.figures(ward.size()).products
    assert product.equation.on_the_books == Quantity(475_000, 1)
    assert product.equation.drawn_ug == 75_000
    assert product.shelf.expected == Quantity(400_000, 1)
    [held] = product.drawn
    assert (held.session_id, held.container_number) == (session, 1)
    assert (held.amount_ug, held.drawn_by) == (75_000, "Cleo Clinician")
    assert held.drawn_at == clinic.clock.now()


def test_a_device_given_whole_is_used_up(ward: Steps) -> None:
    first, _ = ward.stock(ESKETAMINE, vials=2)
    session = ward.open_session(route=Route.INTRANASAL).session_id
    ward.draw(session, (first, "1 device"))
    ward.give(session, "1 device")
    ward.close(session)
    [product] = ward.figures(ward.size()).products
    assert product.equation.terms[Term.EMPTIED] == Quantity(0, 1)
    assert product.equation.on_the_shelf == Quantity(28_000, 1)


def test_a_place_without_a_count_leaves_its_product_uncounted(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=2)
    ward.stock(vials=1, location_id=clinic.procedure_room)
    started = ward.start_count()
    ward.commit_count(started, [lot(started.sheet.lots[0].id, 1)])
    figures = ward.figures(ward.size())
    [product] = figures.products
    assert figures.places_not_counted == ("Procedure room",)
    assert product.shelf.counted is None
    room, vault = product.places
    assert (room.place, room.shelf.counted) == ("Procedure room", None)
    assert (vault.place, vault.shelf.counted) == ("Vault", Quantity(VIAL_UG, 1))


def test_entries_after_a_count_leave_its_variance_alone(ward: Steps) -> None:
    vials = ward.stock(vials=3)
    started = ward.start_count()
    ward.commit_count(started, [lot(started.sheet.lots[0].id, 2)])
    ward.open_container(vials[0])
    _session(ward, vials[0])
    [product] = ward.figures(ward.size()).products
    assert product.shelf.variance == Quantity(-VIAL_UG, -1)
    assert product.shelf.counted == Quantity(1_450_000 - VIAL_UG, 2)


def test_the_latest_count_of_a_place_is_the_one_used(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=3)
    started = ward.start_count()
    lot_id = started.sheet.lots[0].id
    ward.commit_count(started, [lot(lot_id, 1)])
    last = ward.count([lot(lot_id, 2)])
    clinic.clock.advance(A_DAY)
    ward.count([lot(lot_id, 3)])
    figures = ward.figures(ward.size())
    assert [each.count_id for each in figures.counts] == [last.count_id]
    assert figures.products[0].shelf.variance == Quantity(-VIAL_UG, -1)


def test_the_figures_of_a_known_position_never_change(
    ward: Steps, clinic: Clinic
) -> None:
    vials = ward.stock(vials=4)
    ward.open_container(vials[0])
    open_session = ward.open_session().session_id
    ward.draw(open_session, (vials[0], "1 mL"))
    started = ward.start_count()
    lot_id = started.sheet.lots[0].id
    ward.commit_count(started, [lot(lot_id, 2)], [reading(1, "9 mL")])
    known = ward.size()
    before = ward.figures(known)

    then = clinic.clock.now()
    clinic.clock.advance(timedelta(hours=1))
    ward.give(open_session, "0.4 mL", occurred_at=then)
    ward.open_container(vials[1], occurred_at=then)
    ward.stock(vials=2, lot="B2", location_id=clinic.procedure_room)
    ward.count([lot(lot_id, 0)], [reading(1, "1 mL"), reading(2, None)])
    with clinic.database.transaction() as db:
        db.get_one(Person, clinic.pharmacist.id).name = "Pat Renamed"

    assert ward.figures(known) == before
    assert ward.figures(ward.size()) != before


def test_a_reconciliation_is_kept_with_its_totals(ward: Steps, clinic: Clinic) -> None:
    ward.stock(vials=2)
    made = ward.reconcile()
    with clinic.database.reading() as db:
        [listed] = list_reconciliations(db, clinic.registration_id)
        view, figures = get_reconciliation(
            db, clinic.registration_id, made.reconciliation_id
        )
        *_, last = book.read(db, clinic.registration_id)
    assert view == listed
    assert (view.known_position, view.position) == (2, 3)
    assert figures == ward.figures(made.known_position)
    data = json.loads(last.body)["data"]
    assert data["known_root"] == figures.root.hex()
    assert data["products"][0]["terms"]["received"] == {
        "amount_ug": 2 * VIAL_UG,
        "containers": 2,
    }


def test_reconciling_again_without_news_gives_the_same_one(ward: Steps) -> None:
    ward.stock()
    first = ward.reconcile()
    other_period = ward.reconcile(date(2026, 11, 1), MONDAY)
    again = ward.reconcile()
    assert other_period.reconciliation_id != first.reconciliation_id
    assert again.reconciliation_id == first.reconciliation_id
    assert (first.repeated, again.repeated) == (False, True)
    assert again.recorded == first.recorded
    ward.stock(lot="B2")
    news = ward.reconcile()
    assert news.reconciliation_id != first.reconciliation_id
    assert news.known_position == ward.size() - 1


def test_a_period_ends_today_at_the_latest(ward: Steps) -> None:
    with refused(ErrorCode.INVALID_FIELD, "last_day"):
        ward.reconcile(MONDAY, TUESDAY)


@pytest.mark.parametrize("who", ["pharmacist", "stranger", "administrator"])
def test_who_handles_the_stock_does_not_reconcile_it(
    ward: Steps, clinic: Clinic, who: str
) -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        ward.reconcile(actor=getattr(clinic, who))


def test_a_reconciliation_of_another_book_is_not_there(
    ward: Steps, clinic: Clinic
) -> None:
    made = ward.reconcile()
    with clinic.database.reading() as db, refused(ErrorCode.NOT_FOUND):
        get_reconciliation(db, clinic.elsewhere_id, made.reconciliation_id)


def test_the_number_of_statements_grows_with_nothing(ward: Steps) -> None:
    def fill(lots: range, vials: int) -> None:
        for number in lots:
            first, *_ = ward.stock(vials=vials, lot=f"L{number}")
            ward.open_container(first)
            _session(ward, first)
        started = ward.start_count()
        sealed = [lot(each.id, 1) for each in started.sheet.lots]
        in_use = [reading(each.number, "9 mL") for each in started.sheet.in_use]
        ward.commit_count(started, sealed, in_use)

    fill(range(1), vials=2)
    with ward.statements() as few:
        ward.figures(ward.size())
    fill(range(1, 5), vials=12)
    with ward.statements() as many:
        ward.figures(ward.size())
    assert len(many) == len(few)
