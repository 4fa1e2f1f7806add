"""Now and then chance asks for a second witness, and nobody gets round it."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy.exc import IntegrityError

from inventory.journal.canonical import digest
from inventory.kernel.errors import ErrorCode
from inventory.ledger import accounts
from inventory.models.waste import WasteRequest
from inventory.waste.commands import (
    RequestWaste,
    WasteRequested,
    WasteWitnessed,
    request_waste,
)
from inventory.waste.queries import view_request
from inventory.waste.rules import Manner, State
from tests import invariants
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps


@pytest.fixture
def ward(clinic: Clinic) -> Iterator[Steps]:
    """A clinic in which every waste needs two witnesses."""
    steps = Steps(clinic)
    steps.rule("second_witness_percent", "100")
    yield steps
    invariants.check(clinic.database, invariants.Memory())


def _second(ward: Steps, asked: WasteRequested) -> WasteWitnessed:
    proof = ward.clinic.proof(ward.clinic.pharmacist, asked.digest)
    return ward.witness(asked, proof=proof)


def test_the_first_signature_is_kept_and_moves_nothing(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    assert asked.witnesses_needed == 2
    first = ward.witness(asked)
    assert (first.awaiting, first.remaining_ug) == (1, 50_000)
    assert ward.balance_ug(accounts.drawn(session_id)) == 50_000
    body = ward.told(first.recorded.position)
    assert (body["tag"], body["legs"]) == ("waste:signed", [])
    assert body["witness"]["digest"] == digest(body["data"]["entry"]) == asked.digest


def test_the_second_signature_lets_it_move_and_both_stand_in_the_entry(
    ward: Steps,
) -> None:
    session_id = ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    first, second = ward.witness(asked), _second(ward, asked)
    assert (second.awaiting, second.remaining_ug) == (0, 0)
    signed = ward.told(first.recorded.position)
    body = ward.told(second.recorded.position)
    assert body["tag"] == "waste:recorded"
    assert body["witness"] == signed["witness"]
    assert body["second_witness"]["name"] == "Pat Pharmacist"
    assert body["second_witness"]["digest"] == asked.digest
    ward.close(session_id)


def test_who_signed_first_is_shown_while_the_second_is_awaited(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")

    def shown() -> tuple[State, int, tuple[str, ...]]:
        clinic = ward.clinic
        with clinic.database.reading() as db:
            view = view_request(
                db,
                clinic.registration_id,
                asked.shown.request_id,
                now=clinic.clock.now(),
            )
        return view.state, view.witnesses_needed, view.signed_by

    assert shown() == (State.PENDING, 2, ())
    ward.witness(asked)
    assert shown() == (State.PENDING, 2, ("Wim Witness",))
    _second(ward, asked)
    assert shown() == (State.WITNESSED, 2, ("Wim Witness", "Pat Pharmacist"))


def test_nobody_signs_twice(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    ward.witness(asked)
    with refused(ErrorCode.WITNESS_IS_ACTOR, "witness"):
        ward.witness(asked)


def test_who_asked_is_not_the_second_witness_either(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    ward.witness(asked)
    own = ward.clinic.proof(ward.clinic.clinician, asked.digest)
    with refused(ErrorCode.WITNESS_IS_ACTOR, "witness"):
        ward.witness(asked, proof=own)


def test_the_second_witness_signs_what_the_first_was_shown(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    ward.witness(asked)
    ward.give(session_id, "0.5 mL")
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        _second(ward, asked)
    ward.cancel(asked, reason="Some was given after all")


def test_the_second_witness_has_the_same_ten_minutes(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    ward.witness(asked)
    ward.clinic.clock.advance(timedelta(minutes=10, seconds=1))
    with refused(ErrorCode.WITNESS_TOO_LATE, "request_id"):
        _second(ward, asked)


def test_asking_again_does_not_shake_the_second_witness_off(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    ward.rule("second_witness_percent", "0")
    ward.cancel(asked)
    assert ward.ask(session_id, "0.9 mL").witnesses_needed == 2
    assert ward.ask(ward.drawn_session("1 mL"), "1 mL").witnesses_needed == 1


def test_chance_asks_for_the_share_that_the_site_set(clinic: Clinic) -> None:
    ward, dice = Steps(clinic), Random(7)  # noqa: S311 - no secret
    ward.rule("second_witness_percent", "30")
    (vial,) = ward.stock()
    ward.open_container(vial)
    needed = []
    for _ in range(60):
        session_id = ward.open_session().session_id
        ward.draw(session_id, (vial, "0.01 mL"))
        command = RequestWaste(
            registration_id=clinic.registration_id,
            session_id=session_id,
            amount="0.01 mL",
            manner=Manner.SEQUESTRATION_DEVICE,
        )
        with clinic.database.transaction() as db:
            asked = request_waste(
                db, command, actor=clinic.clinician, clock=clinic.clock, dice=dice
            )
        needed.append(asked.witnesses_needed)
    assert 9 <= needed.count(2) <= 27


def test_a_signature_planted_in_the_table_does_not_count(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    with ward.clinic.database.transaction() as db:
        row = db.get_one(WasteRequest, asked.shown.request_id)
        row.first_witness_id = ward.clinic.pharmacist.id
        row.first_signature = "{}"
    assert ward.witness(asked).awaiting == 1
    assert _second(ward, asked).awaiting == 0


def test_the_database_itself_wants_three_people(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    ward.witness(asked)
    for forged in (ward.clinic.clinician.id, ward.clinic.colleague.id):
        with pytest.raises(IntegrityError):
            _forge(ward, asked, forged)
    ward.cancel(asked)


def _forge(ward: Steps, asked: WasteRequested, witness_id: str) -> None:
    with ward.clinic.database.transaction() as db:
        row = db.get_one(WasteRequest, asked.shown.request_id)
        row.state, row.witnessed_by = "witnessed", witness_id
