"""A change of access is asked for by one person and approved by another."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inventory.credentials.actors import load_actor
from inventory.journal import canonical
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert
from inventory.models.people import Grant, Membership
from inventory.people.access_requests import list_pending, view_request
from tests.clinic import Clinic
from tests.steps import Steps

EVERYBODY = (
    "pharmacist",
    "clinician",
    "colleague",
    "officer",
    "manager",
    "administrator",
    "stranger",
    "job",
)
MAY_ASK = {"administrator"}
MAY_APPROVE = {"officer", "manager"}


@pytest.fixture
def steps(clinic: Clinic) -> Steps:
    return Steps(clinic)


def _roles(clinic: Clinic, person_id: str) -> set[Role]:
    with clinic.database.reading() as db:
        actor = load_actor(db, person_id, now=clinic.clock.now())
    return set(actor.roles.get(clinic.registration_id, ())) if actor else set()


def _code(refused: pytest.ExceptionInfo[InventoryError]) -> ErrorCode:
    return refused.value.code


def test_nothing_changes_until_another_person_approves(steps: Steps) -> None:
    clinic, person = steps.clinic, steps.clinic.pharmacist
    asked = steps.ask_for_role(person.id, Role.CLINICIAN)
    assert _roles(clinic, person.id) == {Role.PHARMACIST}
    approved = steps.approve(asked)
    assert _roles(clinic, person.id) == {Role.PHARMACIST, Role.CLINICIAN}
    assert approved.approved_by == "Mona Manager"


def test_the_entry_of_a_role_names_both_people_and_what_was_signed(
    steps: Steps,
) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    steps.approve(asked, by=clinic.officer)
    requested, granted = steps.told(1), steps.told(2)
    assert (requested["tag"], granted["tag"]) == ("access:requested", "role:granted")
    assert granted["actor"]["id"] == clinic.administrator.id
    assert granted["witness"]["id"] == clinic.officer.id
    assert granted["witness"]["meaning"] == "approval"
    entry = granted["data"]["entry"]
    assert entry == requested["data"]["entry"]
    assert granted["witness"]["digest"] == canonical.digest(entry) == asked.digest
    assert (entry["role"], entry["person"]["id"]) == (
        "clinician",
        clinic.pharmacist.id,
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_an_administrator_asks(steps: Steps, who: str) -> None:
    actor: Actor = getattr(steps.clinic, who)
    if who in MAY_ASK:
        steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN, by=actor)
        return
    with pytest.raises(InventoryError) as refused:
        steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN, by=actor)
    assert _code(refused) is ErrorCode.NOT_PERMITTED
    assert steps.size() == 0


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_a_manager_or_an_officer_approves_or_refuses(
    steps: Steps, who: str
) -> None:
    actor: Actor = getattr(steps.clinic, who)
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    for decide in (steps.approve, steps.refuse):
        if who in MAY_APPROVE:
            continue
        with pytest.raises(InventoryError) as refused:
            decide(asked, by=actor)
        assert _code(refused) is ErrorCode.NOT_PERMITTED
    if who in MAY_APPROVE:
        steps.approve(asked, by=actor)
    assert steps.size() == 1 + (who in MAY_APPROVE)


def test_nobody_approves_what_concerns_them(steps: Steps) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_end(clinic.manager.id, Role.MANAGER)
    for decide in (steps.approve, steps.refuse):
        with pytest.raises(InventoryError) as refused:
            decide(asked, by=clinic.manager)
        assert _code(refused) is ErrorCode.WITNESS_IS_ACTOR
    steps.approve(asked, by=clinic.officer)
    assert _roles(clinic, clinic.manager.id) == set()


def test_nobody_asks_for_a_role_for_themselves(steps: Steps) -> None:
    administrator = steps.clinic.administrator
    with pytest.raises(InventoryError) as refused:
        steps.ask_for_role(administrator.id, Role.MANAGER)
    assert _code(refused) is ErrorCode.NOT_PERMITTED


def test_a_digest_of_something_else_approves_nothing(steps: Steps) -> None:
    first = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    other = steps.ask_for_role(steps.clinic.pharmacist.id, Role.WITNESS)
    with pytest.raises(InventoryError) as refused:
        steps.approve(first, digest=other.digest)
    assert _code(refused) is ErrorCode.WITNESS_SAW_ANOTHER_ENTRY
    assert _roles(steps.clinic, steps.clinic.pharmacist.id) == {Role.PHARMACIST}


@pytest.mark.parametrize("how", ["approve", "refuse", "withdraw"])
def test_a_request_is_decided_once(steps: Steps, how: str) -> None:
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    getattr(steps, how)(asked)
    for again in (steps.approve, steps.refuse, steps.withdraw):
        with pytest.raises(InventoryError) as refused:
            again(asked)
        assert _code(refused) is ErrorCode.ALREADY_EXISTS
    assert steps.size() == 2


def test_a_refusal_is_kept_with_its_reason(steps: Steps) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    steps.refuse(asked)
    with clinic.database.reading() as db:
        here, now = clinic.registration_id, clinic.clock.now()
        shown = view_request(db, here, asked.shown.request_id, now=now)
        assert list_pending(db, here, now=now) == []
    assert (shown.state, shown.decided_by) == ("refused", "Mona Manager")
    assert shown.refused_because == "One is enough."
    assert "One is enough." not in str(steps.told(2))


def test_after_a_week_a_request_can_only_be_refused_or_withdrawn(
    steps: Steps,
) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    clinic.clock.advance(timedelta(days=7, microseconds=1))
    with pytest.raises(InventoryError) as refused:
        steps.approve(asked)
    assert _code(refused) is ErrorCode.WITNESS_TOO_LATE
    with clinic.database.reading() as db:
        now = clinic.clock.now()
        (shown,) = list_pending(db, clinic.registration_id, now=now)
    assert shown.too_late
    again = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    steps.withdraw(asked)
    steps.approve(again)
    assert Role.CLINICIAN in _roles(clinic, clinic.pharmacist.id)


def test_the_same_is_not_asked_for_twice(steps: Steps) -> None:
    steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    with pytest.raises(InventoryError) as refused:
        steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    assert _code(refused) is ErrorCode.ALREADY_EXISTS


def test_who_asked_must_be_entitled_still(steps: Steps) -> None:
    clinic = steps.clinic
    second = steps.add_person("bea", "BB")
    steps.give_role(second, Role.ADMINISTRATOR)
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    with clinic.database.reading() as db:
        bea = load_actor(db, second, now=clinic.clock.now())
    steps.disable(clinic.administrator.id, by=bea)
    with pytest.raises(InventoryError) as refused:
        steps.approve(asked)
    assert _code(refused) is ErrorCode.NOT_PERMITTED


def test_what_changed_since_the_request_is_judged_at_the_approval(
    steps: Steps,
) -> None:
    person_id = steps.add_person()
    steps.screen(person_id)
    witness = steps.ask_for_role(person_id, Role.WITNESS)
    officer = steps.ask_for_role(person_id, Role.COMPLIANCE_OFFICER)
    steps.approve(witness)
    with pytest.raises(InventoryError) as refused:
        steps.approve(officer)
    assert _code(refused) is ErrorCode.INVALID_FIELD
    assert _roles(steps.clinic, person_id) == {Role.WITNESS}


def test_an_unscreened_person_gets_no_role_that_touches_stock(steps: Steps) -> None:
    person_id = steps.add_person()
    with pytest.raises(InventoryError, match="screening") as refused:
        steps.ask_for_role(person_id, Role.WITNESS)
    assert _code(refused) is ErrorCode.INVALID_FIELD
    steps.give_role(person_id, Role.MANAGER)


def test_a_disabled_person_gets_nothing(steps: Steps) -> None:
    person_id = steps.add_person()
    asked = steps.ask_for_role(person_id, Role.MANAGER)
    steps.disable(person_id)
    for attempt in (
        lambda: steps.approve(asked),
        lambda: steps.ask_for_role(person_id, Role.ADMINISTRATOR),
        lambda: steps.ask_for_reset(person_id),
    ):
        with pytest.raises(InventoryError, match="disabled") as refused:
            attempt()
        assert _code(refused) is ErrorCode.INVALID_FIELD


def test_an_ended_role_stays_in_the_history_and_frees_the_duty(steps: Steps) -> None:
    clinic, person = steps.clinic, steps.clinic.pharmacist
    steps.end_role(person.id, Role.PHARMACIST)
    assert _roles(clinic, person.id) == set()
    clinic.clock.advance(timedelta(minutes=1))
    steps.give_role(person.id, Role.COMPLIANCE_OFFICER)
    with clinic.database.reading() as db:
        query = select(Grant).where(Grant.person_id == person.id)
        ended, new = db.scalars(query.order_by(Grant.granted_at, Grant.id))
        member = db.get_one(Membership, (person.id, clinic.registration_id))
    assert (ended.role, ended.duty, ended.ended_by) == (
        "pharmacist",
        None,
        clinic.administrator.id,
    )
    assert (new.role, new.approved_by) == ("compliance_officer", clinic.manager.id)
    assert member.duty == "checks"


def test_a_duty_stays_while_one_of_its_roles_does(steps: Steps) -> None:
    person = steps.clinic.pharmacist
    steps.give_role(person.id, Role.WITNESS)
    steps.end_role(person.id, Role.PHARMACIST)
    with pytest.raises(InventoryError) as refused:
        steps.ask_for_role(person.id, Role.ADMINISTRATOR)
    assert refused.value.data == {"held": ["witness"]}


def test_a_role_that_is_not_held_is_not_ended(steps: Steps) -> None:
    with pytest.raises(InventoryError, match="is not witness here"):
        steps.ask_for_end(steps.clinic.pharmacist.id, Role.WITNESS)


def test_the_same_role_is_ended_once(steps: Steps) -> None:
    asked = steps.ask_for_end(steps.clinic.pharmacist.id, Role.PHARMACIST)
    steps.disable(steps.clinic.pharmacist.id)
    steps.enable(steps.clinic.pharmacist.id)
    with pytest.raises(InventoryError, match="any more"):
        steps.approve(asked)


def test_the_last_administrator_stays(steps: Steps) -> None:
    with pytest.raises(InventoryError, match="manage_people"):
        steps.ask_for_end(steps.clinic.administrator.id, Role.ADMINISTRATOR)


def test_an_administrator_asks_for_the_end_of_their_own_role(steps: Steps) -> None:
    second = steps.add_person("bea", "BB")
    steps.give_role(second, Role.ADMINISTRATOR)
    administrator = steps.clinic.administrator
    steps.end_role(administrator.id, Role.ADMINISTRATOR)
    assert _roles(steps.clinic, administrator.id) == set()


def test_the_last_who_may_approve_stays(steps: Steps) -> None:
    clinic = steps.clinic
    steps.end_role(clinic.officer.id, Role.COMPLIANCE_OFFICER)
    with pytest.raises(InventoryError, match="approve_access"):
        steps.ask_for_end(clinic.manager.id, Role.MANAGER)


def test_two_ends_asked_for_at_once_do_not_leave_a_site_without_anybody(
    steps: Steps,
) -> None:
    clinic = steps.clinic
    officer = steps.ask_for_end(clinic.officer.id, Role.COMPLIANCE_OFFICER)
    manager = steps.ask_for_end(clinic.manager.id, Role.MANAGER)
    steps.approve(officer, by=clinic.manager)
    with pytest.raises(InventoryError) as refused:
        steps.approve(manager, by=clinic.officer)
    assert _code(refused) is ErrorCode.NOT_PERMITTED


def test_a_visit_ends_by_itself_and_is_asked_for_anew(steps: Steps) -> None:
    clinic = steps.clinic
    person_id = steps.add_person("ines", "ID")
    steps.give_role(person_id, Role.INSPECTOR, ends_on=date(2026, 11, 3))
    assert _roles(clinic, person_id) == {Role.INSPECTOR}
    clinic.clock.advance(timedelta(days=2))
    assert _roles(clinic, person_id) == set()
    steps.give_role(person_id, Role.INSPECTOR, ends_on=date(2026, 11, 30))
    assert _roles(clinic, person_id) == {Role.INSPECTOR}
    tags = [steps.told(position)["tag"] for position in range(1, steps.size() + 1)]
    assert tags[-3:] == ["access:requested", "role:ended", "role:granted"]


def test_who_visited_once_may_be_employed_later(steps: Steps) -> None:
    person_id = steps.add_person("ines", "ID")
    steps.give_role(person_id, Role.INSPECTOR, ends_on=date(2026, 11, 2))
    steps.clinic.clock.advance(timedelta(days=1))
    steps.screen(person_id)
    steps.give_role(person_id, Role.WITNESS)
    assert _roles(steps.clinic, person_id) == {Role.WITNESS}


def test_a_visit_that_is_over_when_it_is_approved_is_none(steps: Steps) -> None:
    person_id = steps.add_person("ines", "ID")
    asked = steps.ask_for_role(person_id, Role.INSPECTOR, ends_on=date(2026, 11, 2))
    steps.clinic.clock.advance(timedelta(days=1))
    with pytest.raises(InventoryError, match="is over"):
        steps.approve(asked)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "reset_credentials", "role": Role.WITNESS},
        {"kind": "grant_role"},
        {"kind": "end_role", "role": Role.PHARMACIST, "ends_on": date(2026, 11, 3)},
    ],
)
def test_a_request_says_what_its_kind_needs_and_no_more(
    steps: Steps, options: dict[str, Any]
) -> None:
    with pytest.raises(InventoryError) as refused:
        steps.ask_for(steps.clinic.pharmacist.id, **options)
    assert (_code(refused), refused.value.field) == (ErrorCode.INVALID_FIELD, "role")


def test_requests_of_other_sites_do_not_exist(steps: Steps) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    elsewhere = steps.elsewhere()
    boss = Actor(
        id=clinic.stranger.id,
        name="Sid Stranger",
        initials="SS",
        roles={clinic.elsewhere_id: frozenset({Role.MANAGER, Role.ADMINISTRATOR})},
    )
    for decide in (elsewhere.approve, elsewhere.refuse, elsewhere.withdraw):
        with pytest.raises(InventoryError) as refused:
            decide(asked, by=boss)
        assert _code(refused) is ErrorCode.NOT_FOUND


def test_a_reset_raises_an_alert_and_is_told_of(steps: Steps) -> None:
    clinic, person = steps.clinic, steps.clinic.pharmacist
    steps.approve(steps.ask_for_reset(person.id))
    told = steps.told(2)
    assert (told["tag"], told["subject"]) == ("credentials:reset", person.id)
    assert told["witness"]["id"] == clinic.manager.id
    with clinic.database.reading() as db:
        (alert,) = db.scalars(select(Alert))
    assert (alert.kind, alert.person_id) == ("act_after_reset", person.id)


def test_a_job_has_nothing_to_reset(steps: Steps) -> None:
    with pytest.raises(InventoryError, match="token"):
        steps.ask_for_reset(steps.clinic.job.id)


@pytest.mark.parametrize("role", Role)
def test_an_administrator_becomes_nothing_else(steps: Steps, role: Role) -> None:
    second = steps.add_person("bea", "BB")
    steps.screen(second)
    steps.give_role(second, Role.ADMINISTRATOR)
    with pytest.raises(InventoryError) as refused:
        steps.ask_for_role(
            second, role, ends_on=date(2026, 11, 3) if role == "inspector" else None
        )
    assert refused.value.field == "role"
