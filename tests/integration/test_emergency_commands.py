"""Emergency access: an hour of a clinician's rights, everything of it reviewed."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from inventory.db import Database
from inventory.emergency.overdue import alert_overdue_reviews, overdue_reviews
from inventory.emergency.queries import list_accesses, list_unreviewed
from inventory.emergency.rules import Finding, State
from inventory.emergency.shown import Part
from inventory.evidence.verify import verify_books
from inventory.journal.canonical import digest
from inventory.journal.verifier import Evidence, Policy
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import EmergencyAccess
from inventory.models.people import Grant, Membership
from tests import invariants
from tests.clinic import Clinic
from tests.invariants import Memory
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.emergencies import HOUR, REASON, WORDS

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which the wrong person is the only one there."""
    return Steps(clinic)


def _run_session(ward: Steps, actor: Actor) -> str:
    """Draw and give 1 mL as somebody; gives the session's id."""
    (vial,) = ward.stock()
    ward.open_container(vial, actor=actor)
    session_id = ward.open_session(actor=actor).session_id
    ward.draw(session_id, (vial, "1 mL"), actor=actor)
    return session_id


def test_a_witness_may_give_a_drug_for_an_hour_and_no_longer(ward: Steps) -> None:
    clinic, colleague = ward.clinic, ward.clinic.colleague
    with refused(ErrorCode.NOT_PERMITTED):
        ward.open_session(actor=ward.now(colleague))
    started = ward.start_emergency()
    assert started.ends_at == clinic.clock.now() + HOUR
    clinic.clock.advance(HOUR - MOMENT)
    ward.open_session(actor=ward.now(colleague))
    clinic.clock.advance(MOMENT)
    with refused(ErrorCode.NOT_PERMITTED):
        ward.open_session(actor=ward.now(colleague))


def test_it_gives_nothing_at_another_site(ward: Steps) -> None:
    ward.start_emergency()
    actor = ward.now(ward.clinic.colleague)
    assert ward.clinic.elsewhere_id not in actor.roles


def test_a_clinician_whose_training_has_ended_works_on_and_is_flagged(
    ward: Steps,
) -> None:
    clinician = ward.clinic.clinician
    ward.let_training_lapse(clinician)
    with refused(ErrorCode.NOT_READY):
        ward.open_session(actor=ward.now(clinician))
    started = ward.start_emergency(clinician)
    session_id = ward.open_session(actor=ward.now(clinician)).session_id
    shown = ward.view_emergency(started.access_id)
    assert shown.lapses == ["not_trained"]
    assert [each.subject for each in shown.entries] == [session_id]
    told = ward.told(shown.entries[0].position)
    assert told["actor"]["emergency"] == started.access_id


def test_whoever_becomes_administrator_meanwhile_has_it_no_more(ward: Steps) -> None:
    clinic, now = ward.clinic, ward.clinic.clock.now()
    ward.start_emergency(clinic.colleague)
    with clinic.database.transaction() as db:
        here = Grant.person_id == clinic.colleague.id
        db.execute(update(Grant).where(here).values(ended_at=now, duty=None))
        member = Membership.person_id == clinic.colleague.id
        db.execute(update(Membership).where(member).values(duty="keeps_house"))
        db.add(
            Grant(
                id="grt_house",
                person_id=clinic.colleague.id,
                registration_id=clinic.registration_id,
                role=Role.ADMINISTRATOR.value,
                duty="keeps_house",
                granted_at=now,
                granted_by="per_setup",
            )
        )
    actor = ward.now(clinic.colleague)
    assert actor.roles == {clinic.registration_id: {Role.ADMINISTRATOR}}
    assert actor.emergencies == {}


@pytest.mark.parametrize(
    "who", ["officer", "manager", "administrator", "stranger", "job"]
)
def test_whoever_never_touches_stock_cannot_start_it(ward: Steps, who: str) -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        ward.start_emergency(getattr(ward.clinic, who))


def test_it_raises_an_alert_and_keeps_the_reason_apart(ward: Steps) -> None:
    started = ward.start_emergency()
    told = ward.told(started.recorded.position)
    assert REASON not in json.dumps(told)
    assert ward.view_emergency(started.access_id).reason == REASON
    assert ward.alerts() == [("emergency_started", None)]


def test_it_is_not_started_twice_but_again_when_it_is_over(ward: Steps) -> None:
    first = ward.start_emergency()
    with refused(ErrorCode.EMERGENCY_RUNNING):
        ward.start_emergency()
    ward.clinic.clock.advance(HOUR)
    second = ward.start_emergency()
    assert second.access_id != first.access_id


def test_two_starts_at_once_make_one(ward: Steps) -> None:
    together, answers = Barrier(2), []

    def start() -> None:
        together.wait()
        try:
            answers.append(ward.start_emergency().access_id[:4])
        except InventoryError as refusal:
            answers.append(refusal.code.value)

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["emergency_running", "emg_"]


def test_giving_it_back_counts_from_the_next_request(ward: Steps) -> None:
    started = ward.start_emergency()
    ended = ward.end_emergency(started.access_id)
    assert ward.told(ended.recorded.position)["actor"]["emergency"] == started.access_id
    with refused(ErrorCode.NOT_PERMITTED):
        ward.open_session(actor=ward.now(ward.clinic.colleague))
    with refused(ErrorCode.EMERGENCY_NOT_RUNNING, "access_id"):
        ward.end_emergency(started.access_id)


def test_nobody_ends_anothers(ward: Steps) -> None:
    started = ward.start_emergency()
    with refused(ErrorCode.NOT_FOUND, "access_id"):
        ward.end_emergency(started.access_id, ward.clinic.pharmacist)


def test_the_list_holds_every_entry_and_no_other(ward: Steps) -> None:
    clinic = ward.clinic
    before = ward.open_session().session_id
    started = ward.start_emergency()
    colleague = ward.now(clinic.colleague)
    session_id = _run_session(ward, colleague)
    asked = ward.ask(session_id, "0.5 mL", actor=colleague)
    ward.witness(asked, proof=clinic.proof(clinic.pharmacist, asked.digest))
    # Somebody else's entry that the person signed is theirs too.
    others = ward.drawn_session("1 mL")
    ward.witness(ward.ask(others, "1 mL"))
    clinic.clock.advance(MOMENT)
    ward.end_emergency(started.access_id)
    clinic.clock.advance(MOMENT)
    ward.witness(ward.ask(ward.drawn_session("1 mL"), "1 mL"))
    shown = ward.view_emergency(started.access_id)
    assert [(each.tag, each.part) for each in shown.entries] == [
        ("container:opened", Part.AUTHOR),
        ("session:opened", Part.AUTHOR),
        ("session:drawn", Part.AUTHOR),
        ("waste:requested", Part.AUTHOR),
        ("waste:recorded", Part.AUTHOR),
        ("waste:recorded", Part.WITNESS),
    ]
    assert before not in {each.subject for each in shown.entries}
    assert [each.moved_mg for each in shown.entries][2:] == [
        "50 mg",
        "0 mg",
        "25 mg",
        "50 mg",
    ]


def test_another_person_reviews_it_with_a_signature_over_the_list(ward: Steps) -> None:
    clinic = ward.clinic
    started = ward.start_emergency()
    _run_session(ward, ward.now(clinic.colleague))
    ward.end_emergency(started.access_id)
    shown = ward.view_emergency(started.access_id)
    reviewed = ward.review_emergency(started.access_id)
    told = ward.told(reviewed.recorded.position)
    assert told["actor"]["meaning"] == "review"
    assert told["actor"]["factors"] == ["password", "totp"]
    assert told["data"]["signature"]["digest"] == digest(told["data"]["entry"])
    assert told["data"]["signature"]["digest"] == shown.digest
    assert WORDS not in json.dumps(told)
    after = ward.view_emergency(started.access_id)
    assert (after.finding, after.words) == (Finding.JUSTIFIED, WORDS)
    assert after.access.reviewed_by == clinic.officer.name
    assert after.access.age_s is None
    assert (after.entries, after.digest) == (shown.entries, shown.digest)


def test_the_review_answers_the_alerts_about_it(ward: Steps) -> None:
    started = ward.start_emergency()
    ward.end_emergency(started.access_id)
    ward.clinic.clock.advance(MOMENT)
    ward.start_emergency(ward.clinic.pharmacist)
    ward.review_emergency(started.access_id)
    officer = ward.clinic.officer.id
    assert ward.alerts() == [
        ("emergency_started", officer),
        ("emergency_started", None),
    ]


def test_it_is_reviewed_when_it_is_over_and_once(ward: Steps) -> None:
    started = ward.start_emergency()
    with refused(ErrorCode.EMERGENCY_RUNNING, "access_id"):
        ward.review_emergency(started.access_id)
    ward.clinic.clock.advance(HOUR)
    ward.review_emergency(started.access_id)
    with refused(ErrorCode.ALREADY_EXISTS, "access_id"):
        ward.review_emergency(started.access_id, ward.clinic.manager)


def test_a_list_that_has_grown_voids_the_signature(ward: Steps) -> None:
    clinic = ward.clinic
    started = ward.start_emergency()
    shown = ward.view_emergency(started.access_id)
    signature = ward.review_signature(clinic.officer, shown.digest)
    ward.open_session(actor=ward.now(clinic.colleague))
    clinic.clock.advance(HOUR)
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.review_emergency(started.access_id, signature=signature)


@pytest.mark.parametrize(
    "who", ["pharmacist", "clinician", "colleague", "administrator", "stranger", "job"]
)
def test_only_those_who_check_may_review(ward: Steps, who: str) -> None:
    started = ward.start_emergency()
    ward.clinic.clock.advance(HOUR)
    with refused(ErrorCode.NOT_PERMITTED):
        ward.review_emergency(started.access_id, getattr(ward.clinic, who))


def test_the_only_reviewer_cannot_review_their_own(ward: Steps) -> None:
    clinic = ward.clinic
    with clinic.database.transaction() as db:
        db.add(
            Grant(
                id="grt_both",
                person_id=clinic.pharmacist.id,
                registration_id=clinic.registration_id,
                role=Role.MANAGER.value,
                granted_at=clinic.clock.now(),
                granted_by="per_setup",
            )
        )
    started = ward.start_emergency(clinic.pharmacist)
    clinic.clock.advance(HOUR)
    with refused(ErrorCode.WITNESS_IS_ACTOR, "access_id"):
        ward.review_emergency(started.access_id, clinic.pharmacist)
    assert ward.view_emergency(started.access_id).access.state is State.AWAITING_REVIEW
    ward.review_emergency(started.access_id, clinic.manager)


def test_another_sites_is_not_there(ward: Steps) -> None:
    elsewhere = ward.elsewhere()
    started = elsewhere.start_emergency(ward.clinic.stranger)
    ward.clinic.clock.advance(HOUR)
    with refused(ErrorCode.NOT_FOUND, "access_id"):
        ward.view_emergency(started.access_id)
    signature = ward.review_signature(ward.clinic.officer, "0" * 64)
    with refused(ErrorCode.NOT_FOUND, "access_id"):
        ward.review_emergency(started.access_id, signature=signature)
    assert elsewhere.view_emergency(started.access_id).reason == REASON


def test_the_task_ages_until_it_is_reviewed(ward: Steps) -> None:
    clinic = ward.clinic
    first = ward.start_emergency(clinic.pharmacist)
    clinic.clock.advance(timedelta(hours=23))
    second = ward.start_emergency()
    clinic.clock.advance(HOUR)
    with clinic.database.reading() as db:
        tasks = list_unreviewed(db, clinic.registration_id, now=clinic.clock.now())
    assert [(each.access_id, each.age_s, each.is_overdue) for each in tasks] == [
        (first.access_id, 24 * 3600, True),
        (second.access_id, 3600, False),
    ]
    ward.review_emergency(first.access_id)
    with clinic.database.reading() as db:
        listed = list_accesses(db, clinic.registration_id, now=clinic.clock.now())
    assert [(each.access_id, each.state) for each in listed] == [
        (second.access_id, State.AWAITING_REVIEW),
        (first.access_id, State.REVIEWED),
    ]


def test_an_overdue_review_raises_one_alert(ward: Steps) -> None:
    clinic = ward.clinic
    started = ward.start_emergency()
    clinic.clock.advance(timedelta(hours=24) - MOMENT)
    assert _overdue(clinic) == []
    clinic.clock.advance(MOMENT)
    assert _overdue(clinic) == [started.access_id]
    for expected in ([started.access_id], []):
        with clinic.database.transaction() as db:
            assert alert_overdue_reviews(db, clinic.clock.now()) == expected
    assert _overdue(clinic) == []
    assert ward.alerts() == [("emergency_started", None), ("review_overdue", None)]


def test_the_rows_follow_from_the_journal(ward: Steps) -> None:
    clinic = ward.clinic
    ended = ward.start_emergency()
    ward.end_emergency(ended.access_id)
    ward.review_emergency(ended.access_id)
    running = ward.start_emergency()
    invariants.check(clinic.database, Memory())
    assert _altered(clinic.database) == ()
    with clinic.database.transaction() as db:
        row = db.get_one(EmergencyAccess, running.access_id)
        row.reviewed_by, row.reviewed_at = clinic.manager.id, clinic.clock.now()
    (found,) = {line.split(":")[0] for line in _altered(clinic.database)}
    assert found == f"emergency_accesses {running.access_id}"


def _overdue(clinic: Clinic) -> list[str]:
    with clinic.database.reading() as db:
        return overdue_reviews(db, clinic.clock.now())


def _altered(database: Database) -> tuple[str, ...]:
    """Give what `verify` finds in the tables of emergency access."""
    with database.reading() as db:
        found = verify_books(db, Evidence(Policy(quorum=0))).alterations
    return tuple(line for line in found if line.startswith("emergency_accesses"))
