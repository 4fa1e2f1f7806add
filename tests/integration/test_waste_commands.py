"""Waste in two steps: what is asked, signed and refused, on both engines."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from inventory.journal.canonical import digest
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger import accounts
from inventory.models.people import Grant, Person
from inventory.models.waste import WasteRequest
from inventory.waste.queries import list_pending, view_request
from inventory.waste.rules import Manner, State
from tests import invariants
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.deliveries import ESKETAMINE


@pytest.fixture
def ward(clinic: Clinic) -> Iterator[Steps]:
    """A clinic whose books keep every invariant, whatever the test does."""
    yield Steps(clinic)
    invariants.check(clinic.database, invariants.Memory())


def test_asking_moves_nothing_and_shows_what_the_witness_must_see(
    ward: Steps,
) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.713 mL")
    asked = ward.ask(session_id, "0.287 mL", place="Room 2")
    shown = asked.shown
    assert (shown.product_name, shown.amount_ug) == (
        "Ketalar 50 mg/mL, 10 mL vial",
        14_350,
    )
    assert [(each.number, each.lot, each.amount_ug) for each in shown.containers] == [
        (1, "A1", 14_350)
    ]
    assert (shown.manner, shown.place) == (Manner.SEQUESTRATION_DEVICE, "Room 2")
    assert shown.requested_by == "Cleo Clinician"
    assert shown.occurred_at == ward.clinic.clock.now()
    assert asked.valid_until - asked.requested_at == timedelta(minutes=10)
    assert ward.balance_ug(accounts.drawn(session_id)) == 14_350
    body = ward.told(asked.recorded.position)
    assert body["legs"] == []
    assert digest(body["data"]["entry"]) == asked.digest


def test_a_witnessed_waste_brings_the_session_to_zero(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.713 mL")
    asked = ward.ask(session_id, "14.35 mg")
    signed = ward.witness(asked)
    assert (signed.shown, signed.remaining_ug) == (asked.shown, 0)
    assert signed.witnessed_by == "Wim Witness"
    body = ward.told(signed.recorded.position)
    assert body["tag"] == "waste:recorded"
    assert body["actor"]["name"] == "Cleo Clinician"
    assert body["witness"]["name"] == "Wim Witness"
    assert body["witness"]["digest"] == asked.digest == digest(body["data"]["entry"])
    accounts_moved = {leg["account"]: leg["amount_ug"] for leg in body["legs"]}
    assert accounts_moved == {
        f"drawn:{session_id}": -14_350,
        f"wasted:{session_id}": 14_350,
    }
    ward.close(session_id)


def test_the_witness_may_sign_on_their_own_device(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    signed = ward.witness(asked, actor=ward.clinic.colleague)
    body = ward.told(signed.recorded.position)
    assert body["actor"]["name"] == "Cleo Clinician"
    assert body["data"]["entered_by"]["name"] == "Wim Witness"


def test_waste_of_two_vials_names_both(ward: Steps) -> None:
    one, two = ward.stock(vials=2)
    ward.open_container(one)
    ward.open_container(two)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (two, "1 mL"))
    ward.draw(session_id, (one, "1 mL"))
    ward.give(session_id, "0.5 mL")
    signed = ward.witness(ward.ask(session_id, "1.5 mL"))
    assert [(each.number, each.amount_ug) for each in signed.shown.containers] == [
        (2, 25_000),
        (1, 50_000),
    ]


def test_a_device_is_wasted_whole(ward: Steps) -> None:
    (device,) = ward.stock(ESKETAMINE)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (device, "1 device"))
    with refused(ErrorCode.INEXACT_AMOUNT, "amount"):
        ward.ask(session_id, "1 mg")
    assert ward.witness(ward.ask(session_id, "1 device")).remaining_ug == 0


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("50.001 mg", ErrorCode.INSUFFICIENT_BALANCE),
        ("1.000001 mL", ErrorCode.INEXACT_AMOUNT),
        ("0 mL", ErrorCode.AMOUNT_NOT_POSITIVE),
        ("all of it", ErrorCode.INVALID_AMOUNT),
    ],
)
def test_only_an_amount_that_is_there_can_be_asked_for(
    ward: Steps, amount: str, code: ErrorCode
) -> None:
    session_id = ward.drawn_session("1 mL")
    with refused(code, "amount"):
        ward.ask(session_id, amount)


def test_there_is_no_waste_before_a_draw(ward: Steps) -> None:
    session_id = ward.open_session().session_id
    with refused(ErrorCode.INSUFFICIENT_BALANCE, "amount"):
        ward.ask(session_id, "1 mL")
    session_id = ward.drawn_session()
    early = ward.clinic.clock.now() - timedelta(seconds=1)
    with refused(ErrorCode.TIME_TOO_OLD, "occurred_at"):
        ward.ask(session_id, "1 mL", occurred_at=early)


def test_there_is_no_waste_in_a_closed_session(ward: Steps) -> None:
    session_id = ward.open_session().session_id
    ward.close(session_id)
    with refused(ErrorCode.SESSION_CLOSED, "session_id"):
        ward.ask(session_id, "1 mL")


def test_who_asked_may_not_witness(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    own = ward.clinic.proof(ward.clinic.clinician, asked.digest)
    with refused(ErrorCode.WITNESS_IS_ACTOR, "witness"):
        ward.witness(asked, proof=own, actor=ward.clinic.colleague)


def test_a_signature_over_anything_else_does_not_count(ward: Steps) -> None:
    session_id = ward.drawn_session("2 mL")
    asked, again = ward.ask(session_id, "1 mL"), ward.ask(session_id, "1 mL")
    other = ward.clinic.proof(ward.clinic.colleague, again.digest)
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.witness(asked, proof=other)
    ward.witness(again, proof=other)


def test_a_signature_from_before_the_request_does_not_count(ward: Steps) -> None:
    session_id = ward.drawn_session()
    asked = ward.ask(session_id, "1 mL")
    before = ward.clinic.clock.now() - timedelta(seconds=1)
    early = replace(
        ward.clinic.proof(ward.clinic.colleague, asked.digest), proven_at=before
    )
    with refused(ErrorCode.WITNESS_NOT_PROVEN, "witness"):
        ward.witness(asked, proof=early)


def test_a_witness_is_too_late_after_ten_minutes_and_nothing_is_lost(
    ward: Steps,
) -> None:
    clock, session_id = ward.clinic.clock, ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    clock.advance(timedelta(minutes=10))
    proof = ward.clinic.proof(ward.clinic.colleague, asked.digest)
    clock.advance(timedelta(seconds=1))
    with refused(ErrorCode.WITNESS_TOO_LATE, "request_id"):
        ward.witness(asked, proof=proof)
    assert ward.balance_ug(accounts.drawn(session_id)) == 50_000
    ward.cancel(asked, reason="Nobody was free")
    assert ward.witness(ward.ask(session_id, "1 mL")).remaining_ug == 0


def test_a_witness_may_still_sign_at_ten_minutes(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    ward.clinic.clock.advance(timedelta(minutes=10))
    assert ward.witness(asked).remaining_ug == 0


def test_a_witness_whose_role_was_taken_back_does_not_count(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    proof = ward.clinic.proof(ward.clinic.colleague, asked.digest)
    with ward.clinic.database.transaction() as db:
        db.execute(delete(Grant).where(Grant.person_id == ward.clinic.colleague.id))
    with refused(ErrorCode.WITNESS_NOT_ENTITLED, "witness"):
        ward.witness(asked, proof=proof)


@pytest.mark.parametrize(
    ("who", "code", "field"),
    [
        ("colleague", ErrorCode.WITNESS_NOT_ENTITLED, "witness"),
        ("clinician", ErrorCode.NOT_PERMITTED, None),
    ],
)
def test_both_must_be_active_when_it_is_signed(
    ward: Steps, who: str, code: ErrorCode, field: str | None
) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    proof = ward.clinic.proof(ward.clinic.colleague, asked.digest)
    with ward.clinic.database.transaction() as db:
        person = db.get_one(Person, getattr(ward.clinic, who).id)
        person.disabled_at = ward.clinic.clock.now()
    with refused(code, field):
        ward.witness(asked, proof=proof, actor=ward.clinic.pharmacist)


@pytest.mark.parametrize("who", ["officer", "administrator", "stranger"])
def test_only_who_is_entitled_here_may_witness(ward: Steps, who: str) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    proof = ward.clinic.proof(getattr(ward.clinic, who), asked.digest)
    with refused(ErrorCode.WITNESS_NOT_ENTITLED, "witness"):
        ward.witness(asked, proof=proof)


def test_a_draw_that_was_given_meanwhile_is_not_wasted(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    asked = ward.ask(session_id, "1 mL")
    ward.give(session_id, "0.001 mL")
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.witness(asked)


def test_an_entry_that_would_name_another_vial_is_shown_again(
    ward: Steps,
) -> None:
    one, two = ward.stock(vials=2)
    ward.open_container(one)
    ward.open_container(two)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (one, "1 mL"))
    ward.draw(session_id, (two, "1 mL"))
    asked = ward.ask(session_id, "1 mL")
    ward.give(session_id, "1 mL")
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.witness(asked)


def test_a_renamed_requester_does_not_change_what_was_shown(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL")
    with ward.clinic.database.transaction() as db:
        db.get_one(Person, ward.clinic.clinician.id).name = "Cleo Newname"
    assert ward.witness(asked).shown.requested_by == "Cleo Clinician"


def test_a_request_altered_in_the_table_is_not_witnessed(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session("2 mL"), "1 mL")
    with ward.clinic.database.transaction() as db:
        db.get_one(WasteRequest, asked.shown.request_id).amount_ug = 100_000
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.witness(asked)


def test_a_waste_is_witnessed_once(ward: Steps) -> None:
    session_id = ward.drawn_session("2 mL")
    asked = ward.ask(session_id, "1 mL")
    ward.witness(asked)
    with refused(ErrorCode.WASTE_NOT_PENDING, "request_id"):
        ward.witness(asked)
    with refused(ErrorCode.WASTE_NOT_PENDING, "request_id"):
        ward.cancel(asked)
    assert ward.balance_ug(accounts.drawn(session_id)) == 50_000


def test_a_cancelled_request_is_kept_and_shown_and_not_witnessed(
    ward: Steps,
) -> None:
    clinic, asked = ward.clinic, ward.ask(ward.drawn_session(), "1 mL")
    cancelled = ward.cancel(asked, reason="Patient took it all")
    told = ward.told(cancelled.recorded.position)
    assert list(told["texts"]) == ["reason"]
    assert "Patient took it all" not in str(told)
    with refused(ErrorCode.WASTE_NOT_PENDING, "request_id"):
        ward.witness(asked)
    with clinic.database.reading() as db:
        view = view_request(
            db,
            clinic.registration_id,
            asked.shown.request_id,
            now=clinic.clock.now(),
        )
    assert (view.state, view.cancelled_because) == (
        State.CANCELLED,
        "Patient took it all",
    )
    assert view.shown == asked.shown


def test_pending_requests_are_listed_until_they_end(ward: Steps) -> None:
    clinic, session_id = ward.clinic, ward.drawn_session("3 mL")
    first = ward.ask(session_id, "1 mL")
    clinic.clock.advance(timedelta(minutes=6))
    second, third = ward.ask(session_id, "1 mL"), ward.ask(session_id, "1 mL")
    ward.witness(second)
    ward.cancel(third)
    clinic.clock.advance(timedelta(minutes=5))
    with clinic.database.reading() as db:
        now = clinic.clock.now()
        pending = list_pending(db, clinic.registration_id, now=now)
        assert list_pending(db, clinic.elsewhere_id, now=now) == []
        done = view_request(
            db, clinic.registration_id, second.shown.request_id, now=now
        )
    assert [(each.digest, each.too_late) for each in pending] == [(first.digest, True)]
    assert (done.state, done.signed_by, done.too_late) == (
        State.WITNESSED,
        ("Wim Witness",),
        False,
    )


def test_only_those_with_the_right_may_take_each_step(ward: Steps) -> None:
    clinic, session_id = ward.clinic, ward.drawn_session()
    asked = ward.ask(session_id, "1 mL")
    for outsider in (clinic.stranger, clinic.officer, clinic.administrator, clinic.job):
        with refused(ErrorCode.NOT_PERMITTED):
            ward.ask(session_id, "1 mL", actor=outsider)
        with refused(ErrorCode.NOT_PERMITTED):
            ward.witness(asked, actor=outsider)
        with refused(ErrorCode.NOT_PERMITTED):
            ward.cancel(asked, actor=outsider)
    with refused(ErrorCode.NOT_PERMITTED):
        ward.ask(session_id, "1 mL", actor=clinic.colleague)
    with refused(ErrorCode.NOT_PERMITTED):
        ward.cancel(asked, actor=clinic.colleague)


def test_requests_of_another_registration_are_not_found(ward: Steps) -> None:
    clinic, session_id = ward.clinic, ward.drawn_session()
    asked = ward.ask(session_id, "1 mL")
    other = ward.elsewhere()
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        other.ask(session_id, "1 mL")
    with refused(ErrorCode.NOT_FOUND, "request_id"):
        other.witness(asked)
    with refused(ErrorCode.NOT_FOUND, "request_id"):
        other.cancel(asked)
    with (
        clinic.database.reading() as db,
        refused(ErrorCode.NOT_FOUND, "request_id"),
    ):
        view_request(
            db,
            clinic.elsewhere_id,
            asked.shown.request_id,
            now=clinic.clock.now(),
        )


def test_of_many_signatures_at_once_one_is_recorded(ward: Steps) -> None:
    session_id = ward.drawn_session("2 mL")
    asked, gate = ward.ask(session_id, "1 mL"), threading.Barrier(4)

    def sign(_: int) -> str:
        gate.wait()
        try:
            ward.witness(asked)
        except InventoryError as no:
            return no.code.value
        return "witnessed"

    with ThreadPoolExecutor(4) as people:
        outcomes = sorted(people.map(sign, range(4)))
    assert outcomes == ["waste_not_pending"] * 3 + ["witnessed"]
    assert ward.balance_ug(accounts.drawn(session_id)) == 50_000
