"""People are added once for ever, hold roles that go together, and own their tokens."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory.credentials.actors import load_actor
from inventory.credentials.proofs import OwnCredential, recognise
from inventory.credentials.tokens import fingerprint
from inventory.journal import book
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.people import ApiToken
from inventory.people.commands import (
    AddJob,
    AddPerson,
    GrantRole,
    PersonAdded,
    RoleGranted,
    add_job,
    add_person,
    grant_role,
)
from inventory.people.queries import list_people, list_tokens
from inventory.people.tokens import (
    IssueToken,
    RevokeToken,
    TokenIssued,
    TokenRevoked,
    issue_token,
    revoke_token,
)
from tests.clinic import PASSWORD, PASSWORDS, Clinic


def _add(
    clinic: Clinic,
    *,
    sign_in_name: str = "nora",
    initials: str = "NN",
    password: str = PASSWORD,
    actor: Actor | None = None,
) -> PersonAdded:
    command = AddPerson(
        registration_id=clinic.registration_id,
        sign_in_name=sign_in_name,
        name="Nora New",
        initials=initials,
        password=password,
    )
    with clinic.database.transaction() as db:
        return add_person(
            db,
            command,
            actor=actor or clinic.administrator,
            clock=clinic.clock,
            passwords=PASSWORDS,
        )


def _grant(
    clinic: Clinic, person_id: str, role: Role, *, actor: Actor | None = None
) -> RoleGranted:
    command = GrantRole(
        registration_id=clinic.registration_id, person_id=person_id, role=role
    )
    with clinic.database.transaction() as db:
        return grant_role(
            db, command, actor=actor or clinic.administrator, clock=clinic.clock
        )


def _issue(clinic: Clinic, owner_id: str, *, actor: Actor) -> TokenIssued:
    command = IssueToken(person_id=owner_id, label="tablet", valid_days=30)
    with clinic.database.transaction() as db:
        return issue_token(db, command, actor=actor, clock=clinic.clock)


def _revoke(clinic: Clinic, token_id: str, *, actor: Actor) -> TokenRevoked:
    with clinic.database.transaction() as db:
        command = RevokeToken(token_id=token_id)
        return revoke_token(db, command, actor=actor, clock=clinic.clock)


def test_a_new_person_can_sign_in_and_do_nothing(clinic: Clinic) -> None:
    added = _add(clinic)
    credential = OwnCredential(sign_in_name="nora", password=PASSWORD)
    with clinic.database.reading() as db:
        actor = recognise(db, credential, passwords=PASSWORDS)
    assert actor == Actor(id=added.person_id, name="Nora New", initials="NN", roles={})


@pytest.mark.parametrize(
    ("sign_in_name", "initials", "field"),
    [("pat", "NN", "sign_in_name"), ("nora", "PP", "initials")],
)
def test_names_and_initials_lead_to_one_person_for_ever(
    clinic: Clinic, sign_in_name: str, initials: str, field: str
) -> None:
    with pytest.raises(InventoryError) as caught:
        _add(clinic, sign_in_name=sign_in_name, initials=initials)
    assert (caught.value.code, caught.value.field) == (
        ErrorCode.ALREADY_EXISTS,
        field,
    )


def test_a_short_password_is_refused(clinic: Clinic) -> None:
    with pytest.raises(InventoryError, match="15 to 256") as caught:
        _add(clinic, password="fourteen chars")
    assert caught.value.field == "password"


def test_a_command_never_shows_its_password(clinic: Clinic) -> None:
    command = AddPerson(
        registration_id=clinic.registration_id,
        sign_in_name="nora",
        name="Nora New",
        initials="NN",
        password=PASSWORD,
    )
    assert PASSWORD not in repr(command)


@pytest.mark.parametrize("person", ["pharmacist", "officer", "stranger", "job"])
def test_only_an_administrator_adds_people(clinic: Clinic, person: str) -> None:
    with pytest.raises(InventoryError) as caught:
        _add(clinic, actor=getattr(clinic, person))
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_a_job_has_no_password(clinic: Clinic) -> None:
    command = AddJob(
        registration_id=clinic.registration_id,
        sign_in_name="weekly",
        name="Weekly count plan",
        initials="WEEK",
    )
    with clinic.database.transaction() as db:
        added = add_job(db, command, actor=clinic.administrator, clock=clinic.clock)
    _grant(clinic, added.person_id, Role.SCHEDULED_JOB)
    with clinic.database.reading() as db:
        blank = OwnCredential(sign_in_name="weekly", password="")
        assert recognise(db, blank, passwords=PASSWORDS) is None
        actor = load_actor(db, added.person_id)
    assert actor is not None
    assert actor.roles == {clinic.registration_id: {Role.SCHEDULED_JOB}}


def test_a_granted_role_holds_at_once_and_stands_in_the_book(clinic: Clinic) -> None:
    person_id = _add(clinic).person_id
    granted = _grant(clinic, person_id, Role.WITNESS)
    with clinic.database.reading() as db:
        actor = load_actor(db, person_id)
        added, event = book.read(db, clinic.registration_id)
        told = json.loads(event.body)
    assert actor is not None
    assert actor.roles == {clinic.registration_id: {Role.WITNESS}}
    assert (added.tag, added.subject) == ("person:added", person_id)
    assert granted.recorded.position == event.position == 2
    assert told["tag"] == "role:granted"
    assert told["data"] == {
        "role": "witness",
        "person": {
            "id": person_id,
            "kind": "person",
            "sign_in_name": "nora",
            "name": "Nora New",
            "initials": "NN",
        },
    }


def test_roles_that_check_each_other_are_not_held_together(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _grant(clinic, clinic.pharmacist.id, Role.ADMINISTRATOR)
    assert caught.value.code is ErrorCode.INVALID_FIELD


def test_an_administrator_cannot_become_a_recorder(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _grant(clinic, clinic.administrator.id, Role.PHARMACIST)
    assert caught.value.code is ErrorCode.INVALID_FIELD


def test_roles_elsewhere_do_not_count(clinic: Clinic) -> None:
    granted = _grant(clinic, clinic.stranger.id, Role.COMPLIANCE_OFFICER)
    assert granted.role == "compliance_officer"


def test_nobody_unknown_gets_a_role(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _grant(clinic, new_id("per", clinic.clock.now()), Role.WITNESS)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_only_an_administrator_of_the_site_grants_roles(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _grant(clinic, clinic.stranger.id, Role.WITNESS, actor=clinic.stranger)
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_a_site_lists_its_own_people(clinic: Clinic) -> None:
    with clinic.database.reading() as db:
        people = list_people(db, clinic.registration_id)
    assert [(person.initials, person.roles) for person in people] == [
        ("AA", ["administrator"]),
        ("CC", ["clinician"]),
        ("JOB", ["scheduled_job"]),
        ("OO", ["compliance_officer"]),
        ("PP", ["pharmacist"]),
        ("WW", ["witness"]),
    ]


def test_a_token_is_stored_as_its_fingerprint_only(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.pharmacist.id, actor=clinic.pharmacist)
    assert issued.secret not in repr(issued)
    with clinic.database.reading() as db:
        (row,) = db.scalars(select(ApiToken))
        (view,) = list_tokens(db, clinic.pharmacist.id)
    assert row.secret_sha256 == fingerprint(issued.secret)
    assert row.expires_at == clinic.clock.now() + timedelta(days=30)
    assert (view.id, view.label, view.revoked_at) == (issued.token_id, "tablet", None)


def test_an_administrator_issues_tokens_for_jobs_not_people(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.job.id, actor=clinic.administrator)
    assert issued.person_id == clinic.job.id
    with pytest.raises(InventoryError) as caught:
        _issue(clinic, clinic.pharmacist.id, actor=clinic.administrator)
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_nobody_unknown_gets_a_token(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _issue(clinic, "per_unknown", actor=clinic.administrator)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_token_is_revoked_once(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.pharmacist.id, actor=clinic.pharmacist)
    first = _revoke(clinic, issued.token_id, actor=clinic.administrator)
    clinic.clock.advance(timedelta(minutes=5))
    again = _revoke(clinic, issued.token_id, actor=clinic.pharmacist)
    assert again == first


@pytest.mark.parametrize("person", ["clinician", "stranger"])
def test_a_token_of_others_does_not_exist(clinic: Clinic, person: str) -> None:
    issued = _issue(clinic, clinic.pharmacist.id, actor=clinic.pharmacist)
    with pytest.raises(InventoryError) as caught:
        _revoke(clinic, issued.token_id, actor=getattr(clinic, person))
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_token_that_never_was_cannot_be_revoked(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _revoke(clinic, "tok_unknown", actor=clinic.administrator)
    assert caught.value.code is ErrorCode.NOT_FOUND
