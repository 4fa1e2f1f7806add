"""People stand in the register once for ever; records about them are entries."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from inventory.credentials.actors import load_actor
from inventory.credentials.policy import POLICY_VERSION
from inventory.credentials.policy_acceptance import accept_policy
from inventory.kernel.actors import Actor, Lapse, Permission, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Membership, Person
from inventory.people.commands import AddJob, AddPerson, add_job, add_person
from inventory.people.commands.founding import GrantRole, appoint
from inventory.people.queries import list_people
from tests.clinic import Clinic
from tests.steps import Steps

NORA = {"kind": "person", "sign_in_name": "nora", "name": "Nora New", "initials": "NN"}


@pytest.fixture
def steps(clinic: Clinic) -> Steps:
    return Steps(clinic)


def _now(clinic: Clinic, person_id: str) -> Actor:
    with clinic.database.reading() as db:
        actor = load_actor(db, person_id, now=clinic.clock.now())
    assert actor is not None
    return actor


def test_a_new_person_has_no_password_and_may_do_nothing(steps: Steps) -> None:
    person_id = steps.add_person()
    with steps.clinic.database.reading() as db:
        assert db.get_one(Person, person_id).password_hash is None
    assert _now(steps.clinic, person_id).roles == {}
    told = steps.told(1)
    assert (told["tag"], told["subject"]) == ("person:added", person_id)
    assert told["data"] == {"person": {"id": person_id, **NORA}, "is_new": True}


@pytest.mark.parametrize(
    ("name", "initials", "field"),
    [("pat", "NN", "sign_in_name"), ("nora", "PP", "initials")],
)
def test_names_and_initials_lead_to_one_person_for_ever(
    steps: Steps, name: str, initials: str, field: str
) -> None:
    with pytest.raises(InventoryError) as caught:
        steps.add_person(name, initials)
    assert (caught.value.code, caught.value.field) == (ErrorCode.ALREADY_EXISTS, field)


def test_nobody_is_added_twice(steps: Steps) -> None:
    steps.add_person()
    with pytest.raises(InventoryError) as caught:
        steps.add_person()
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_somebody_of_another_site_joins_by_name_and_initials(clinic: Clinic) -> None:
    command = AddPerson(
        registration_id=clinic.registration_id,
        sign_in_name="sid",
        name="Sid Stranger",
        initials="SS",
    )
    with clinic.database.transaction() as db:
        added = add_person(db, command, actor=clinic.administrator, clock=clinic.clock)
    assert added.person_id == clinic.stranger.id
    assert Steps(clinic).told(1)["data"]["is_new"] is False


@pytest.mark.parametrize("person", ["pharmacist", "officer", "manager", "stranger"])
def test_only_an_administrator_adds_people(steps: Steps, person: str) -> None:
    with pytest.raises(InventoryError) as caught:
        steps.add_person(by=getattr(steps.clinic, person))
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_a_job_gets_its_role_as_people_do(clinic: Clinic) -> None:
    command = AddJob(
        registration_id=clinic.registration_id,
        sign_in_name="weekly",
        name="Weekly count plan",
        initials="WEEK",
    )
    with clinic.database.transaction() as db:
        added = add_job(db, command, actor=clinic.administrator, clock=clinic.clock)
    Steps(clinic).give_role(added.person_id, Role.SCHEDULED_JOB)
    assert _now(clinic, added.person_id).roles == {
        clinic.registration_id: {Role.SCHEDULED_JOB}
    }


def test_stock_rights_rest_until_all_three_are_on_record(steps: Steps) -> None:
    clinic, person_id = steps.clinic, steps.add_person()
    steps.screen(person_id)
    steps.give_role(person_id, Role.WITNESS)
    lapses = _now(clinic, person_id).lapses[clinic.registration_id]
    assert lapses == {Lapse.NOT_TRAINED, Lapse.POLICY_NOT_ACCEPTED}
    steps.train(person_id)
    with clinic.database.transaction() as db:
        actor = load_actor(db, person_id, now=clinic.clock.now())
        assert actor is not None
        accept_policy(db, actor, clinic.registration_id, clock=clinic.clock)
    assert _now(clinic, person_id).may(Permission.WITNESS, clinic.registration_id)


def test_a_training_counts_through_its_last_day_at_the_site(steps: Steps) -> None:
    clinic = steps.clinic
    steps.train(clinic.colleague.id, date(2026, 11, 2))
    here, witness = clinic.registration_id, Permission.WITNESS
    # New York is five hours behind in November.
    clinic.clock.set(datetime(2026, 11, 3, 4, 59, 59, 999999, tzinfo=UTC))
    assert _now(clinic, clinic.colleague.id).may(witness, here)
    clinic.clock.set(datetime(2026, 11, 3, 5, tzinfo=UTC))
    assert not _now(clinic, clinic.colleague.id).may(witness, here)
    told = steps.told(1)
    assert told["data"]["trained_until"] == "2026-11-03T05:00:00.000000Z"


def test_a_screening_to_come_is_refused(steps: Steps) -> None:
    with pytest.raises(InventoryError) as caught:
        steps.screen(steps.clinic.colleague.id, date(2026, 11, 3))
    assert caught.value.field == "screened_on"


def test_records_about_people_of_other_sites_are_refused(steps: Steps) -> None:
    for record in (steps.screen, steps.train, steps.disable, steps.enable):
        with pytest.raises(InventoryError) as caught:
            record(steps.clinic.stranger.id)
        assert caught.value.code is ErrorCode.NOT_FOUND
    assert steps.size() == 0


def test_accepting_the_policy_is_an_entry_that_says_who_and_which(
    clinic: Clinic,
) -> None:
    here, person = clinic.registration_id, clinic.pharmacist
    clinic.clock.set(datetime(2026, 12, 1, tzinfo=UTC))
    with clinic.database.transaction() as db:
        accept_policy(db, person, here, clock=clinic.clock)
    with clinic.database.reading() as db:
        member = db.get_one(Membership, (person.id, here))
    assert member.policy_accepted_at == clinic.clock.now()
    told = Steps(clinic).told(1)
    assert (told["subject"], told["actor"]["id"]) == (person.id, person.id)
    assert told["actor"]["meaning"] == "responsibility"
    assert told["data"] == {"version": POLICY_VERSION}


def test_the_policy_is_accepted_only_where_one_works(clinic: Clinic) -> None:
    with (
        clinic.database.transaction() as db,
        pytest.raises(InventoryError) as caught,
    ):
        accept_policy(db, clinic.stranger, clinic.registration_id, clock=clinic.clock)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_site_lists_its_own_people_those_without_a_role_too(steps: Steps) -> None:
    steps.add_person()
    clinic = steps.clinic
    with clinic.database.reading() as db:
        people = list_people(db, clinic.registration_id, now=clinic.clock.now())
    assert [(person.initials, person.roles) for person in people] == [
        ("AA", ["administrator"]),
        ("CC", ["clinician"]),
        ("MM", ["manager"]),
        ("JOB", ["scheduled_job"]),
        ("NN", []),
        ("OO", ["compliance_officer"]),
        ("PP", ["pharmacist"]),
        ("WW", ["witness"]),
    ]


def test_a_disabled_person_is_nobody_at_once_and_everywhere(clinic: Clinic) -> None:
    steps, stranger = Steps(clinic), clinic.stranger
    command = AddPerson(
        registration_id=clinic.registration_id,
        sign_in_name="sid",
        name=stranger.name,
        initials=stranger.initials,
    )
    with clinic.database.transaction() as db:
        add_person(db, command, actor=clinic.administrator, clock=clinic.clock)
    steps.disable(stranger.id)
    with clinic.database.reading() as db:
        assert load_actor(db, stranger.id, now=clinic.clock.now()) is None
    for book in (steps, steps.elsewhere()):
        told = book.told(book.size())
        assert (told["tag"], told["subject"]) == ("person:disabled", stranger.id)


def test_who_is_let_back_in_holds_no_role(steps: Steps) -> None:
    clinic = steps.clinic
    steps.disable(clinic.pharmacist.id)
    steps.enable(clinic.pharmacist.id)
    assert _now(clinic, clinic.pharmacist.id).roles == {}
    with clinic.database.reading() as db:
        member = db.get_one(Membership, (clinic.pharmacist.id, clinic.registration_id))
        assert member.duty is None
    told = steps.told(2)
    assert (told["tag"], len(told["data"]["ended"])) == ("person:enabled", 1)


def test_nobody_is_disabled_or_enabled_twice(steps: Steps) -> None:
    person_id = steps.add_person()
    with pytest.raises(InventoryError) as caught:
        steps.enable(person_id)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS
    steps.disable(person_id)
    with pytest.raises(InventoryError) as caught:
        steps.disable(person_id)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_an_administrator_does_not_disable_themselves(steps: Steps) -> None:
    with pytest.raises(InventoryError) as caught:
        steps.disable(steps.clinic.administrator.id)
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def _appoint(clinic: Clinic, person_id: str, role: Role) -> None:
    command = GrantRole(
        registration_id=clinic.registration_id, person_id=person_id, role=role
    )
    with clinic.database.transaction() as db:
        appoint(db, command, clock=clinic.clock)


def test_the_command_line_appoints_nobody_while_somebody_is_left(
    steps: Steps,
) -> None:
    person_id = steps.add_person()
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        with pytest.raises(InventoryError) as caught:
            _appoint(steps.clinic, person_id, role)
        assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_when_nobody_can_approve_the_command_line_appoints_a_manager(
    steps: Steps,
) -> None:
    clinic, person_id = steps.clinic, steps.add_person()
    steps.disable(clinic.manager.id)
    steps.disable(clinic.officer.id)
    _appoint(clinic, person_id, Role.MANAGER)
    assert _now(clinic, person_id).may(
        Permission.APPROVE_ACCESS, clinic.registration_id
    )
    told = steps.told(steps.size())
    assert (told["actor"]["id"], told["witness"]) == ("per_setup", None)


def test_the_command_line_appoints_no_one_else(steps: Steps) -> None:
    with pytest.raises(InventoryError) as caught:
        _appoint(steps.clinic, steps.add_person(), Role.INSPECTOR)
    assert caught.value.field == "role"


def test_people_are_never_removed(steps: Steps) -> None:
    person_id = steps.add_person()
    steps.disable(person_id)
    with steps.clinic.database.reading() as db:
        assert person_id in set(db.scalars(select(Person.id)))
