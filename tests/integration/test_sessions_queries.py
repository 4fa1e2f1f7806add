"""What is shown of sessions and containers follows from the books."""

from datetime import timedelta

import pytest

from inventory.kernel.errors import ErrorCode
from inventory.ledger import accounts
from inventory.ledger.balances import held
from inventory.models.people import Person
from inventory.sessions import queries
from inventory.sessions.story import Figures
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


def _view(ward: Steps, session_id: str) -> queries.SessionView:
    with ward.clinic.database.reading() as db:
        return queries.view_session(db, ward.clinic.registration_id, session_id)


def _figures_ug(figures: Figures | None) -> tuple[int, int, int, int]:
    assert figures is not None
    return (
        figures.drawn.amount_ug,
        figures.given.amount_ug,
        figures.wasted.amount_ug,
        figures.remaining.amount_ug,
    )


def test_a_new_session_has_no_figures_yet(ward: Steps) -> None:
    view = _view(ward, ward.open_session().session_id)
    assert (view.product_name, view.figures, view.containers) == (None, None, [])
    assert [step.tag for step in view.steps] == ["session:opened"]


def test_a_session_shows_what_each_container_gave_and_what_is_left(
    ward: Steps,
) -> None:
    one, two = ward.stock(vials=2)
    ward.open_container(one)
    ward.open_container(two)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (two, "1 mL"))
    ward.draw(session_id, (one, "1 mL"))
    ward.give(session_id, "1.2 mL")
    ward.witness(ward.ask(session_id, "0.3 mL"))
    view = _view(ward, session_id)
    assert _figures_ug(view.figures) == (100_000, 60_000, 15_000, 25_000)
    assert [(each.number, *_figures_ug(each.figures)) for each in view.containers] == [
        (2, 50_000, 50_000, 0, 0),
        (1, 50_000, 10_000, 15_000, 25_000),
    ]
    with ward.clinic.database.reading() as db:
        account = accounts.drawn(session_id)
        left = held(db, ward.clinic.registration_id, account)
    assert [(each.container_id, each.amount_ug) for each in left] == [(one, 25_000)]


def test_a_session_tells_its_steps_with_who_did_and_who_saw_them(
    ward: Steps,
) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.7 mL", actor=ward.clinic.pharmacist)
    ward.cancel(ward.ask(session_id, "0.2 mL"))
    ward.witness(ward.ask(session_id, "0.3 mL"))
    ward.close(session_id)
    told = [
        (step.tag, step.actor, step.witness, step.moved_ug)
        for step in _view(ward, session_id).steps
    ]
    cleo = "Cleo Clinician"
    assert told == [
        ("session:opened", cleo, None, None),
        ("session:drawn", cleo, None, 50_000),
        ("session:administered", "Pat Pharmacist", None, 35_000),
        ("waste:requested", cleo, None, None),
        ("waste:cancelled", cleo, None, None),
        ("waste:requested", cleo, None, None),
        ("waste:recorded", cleo, "Wim Witness", 15_000),
        ("session:closed", cleo, None, None),
    ]


def test_a_session_keeps_the_name_its_clinician_had(ward: Steps) -> None:
    session_id = ward.open_session().session_id
    with ward.clinic.database.transaction() as db:
        db.get_one(Person, ward.clinic.clinician.id).name = "Cleo Newname"
    assert _view(ward, session_id).clinician == "Cleo Clinician"


def test_open_sessions_are_listed_with_what_they_hold(ward: Steps) -> None:
    first = ward.drawn_session("1 mL")
    ward.clinic.clock.advance(timedelta(minutes=5))
    closed, second = (ward.open_session().session_id for _ in range(2))
    ward.close(closed)
    with ward.clinic.database.reading() as db:
        here = queries.list_open_sessions(db, ward.clinic.registration_id)
        assert queries.list_open_sessions(db, ward.clinic.elsewhere_id) == []
    assert [(each.session_id, each.remaining_ug) for each in here] == [
        (first, 50_000),
        (second, 0),
    ]


def test_a_container_shows_its_label_its_state_and_what_is_left(
    ward: Steps,
) -> None:
    (vial,) = ward.stock(lot="K7")
    ward.open_container(vial)
    ward.draw(ward.open_session().session_id, (vial, "1 mL"))
    with ward.clinic.database.reading() as db:
        view = queries.view_container(db, ward.clinic.registration_id, vial)
    assert (view.number, view.lot, view.location) == (1, "K7", "Vault")
    assert view.balance is not None
    assert (view.state, view.balance.amount_ug) == ("in_use", 450_000)
    assert view.opened_at == ward.clinic.clock.now()


def test_what_belongs_to_another_registration_is_not_found(ward: Steps) -> None:
    (vial,) = ward.stock()
    session_id = ward.open_session().session_id
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        _view(ward.elsewhere(), session_id)
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        _view(ward, "ses_nowhere")
    with (
        ward.clinic.database.reading() as db,
        refused(ErrorCode.NOT_FOUND, "container_id"),
    ):
        queries.view_container(db, ward.clinic.elsewhere_id, vial)
