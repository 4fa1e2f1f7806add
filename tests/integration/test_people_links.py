"""A new person, and one whose credentials were reset, set a password by a link."""

import pytest
from sqlalchemy import select

from inventory.credentials import sign_ins
from inventory.credentials.setup_links import LinkIssued, look_up
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.credentials import ApiToken, SetupLink
from inventory.models.people import Person
from inventory.people.commands import MakeSetupLink, make_setup_link
from inventory.programs.commands import IssueToken, issue_token
from tests.clinic import Clinic
from tests.steps import Steps


@pytest.fixture
def steps(clinic: Clinic) -> Steps:
    return Steps(clinic)


def _make(clinic: Clinic, person_id: str, *, by: Actor | None = None) -> LinkIssued:
    command = MakeSetupLink(registration_id=clinic.registration_id, person_id=person_id)
    actor = by or clinic.administrator
    with clinic.database.transaction() as db:
        return make_setup_link(db, command, actor=actor, clock=clinic.clock)


def _refused(clinic: Clinic, person_id: str, *, by: Actor | None = None) -> ErrorCode:
    with pytest.raises(InventoryError) as caught:
        _make(clinic, person_id, by=by)
    return caught.value.code


def test_a_new_person_gets_a_link_made_by_the_administrator(steps: Steps) -> None:
    clinic, person_id = steps.clinic, steps.add_person()
    issued = _make(clinic, person_id)
    assert issued.secret not in repr(issued)
    with clinic.database.reading() as db:
        (row,) = db.scalars(select(SetupLink))
        opened = look_up(db, issued.secret, now=clinic.clock.now())
    assert (row.purpose, row.created_by, row.approved_by) == (
        "first",
        clinic.administrator.id,
        None,
    )
    assert opened is not None
    assert opened.person_id == person_id


def test_nobody_gets_a_link_who_has_a_password(clinic: Clinic) -> None:
    assert _refused(clinic, clinic.pharmacist.id) is ErrorCode.ALREADY_EXISTS


@pytest.mark.parametrize("who", ["pharmacist", "manager", "officer", "stranger"])
def test_only_an_administrator_makes_links(steps: Steps, who: str) -> None:
    person_id = steps.add_person()
    actor: Actor = getattr(steps.clinic, who)
    assert _refused(steps.clinic, person_id, by=actor) is ErrorCode.NOT_PERMITTED


def test_nobody_gets_a_link_who_is_disabled_or_of_another_site(steps: Steps) -> None:
    person_id = steps.add_person()
    steps.disable(person_id)
    assert _refused(steps.clinic, person_id) is ErrorCode.INVALID_FIELD
    stranger = steps.clinic.stranger.id
    assert _refused(steps.clinic, stranger) is ErrorCode.NOT_FOUND


def test_an_approved_reset_takes_everything_and_allows_a_link(steps: Steps) -> None:
    clinic, person = steps.clinic, steps.clinic.pharmacist
    with clinic.database.transaction() as db:
        cookie = sign_ins.begin(
            db,
            person,
            ("password",),
            terminal_id=None,
            browser="a browser",
            network="192.0.2.1",
            now=clinic.clock.now(),
        )
        token = IssueToken(person_id=person.id, label="scanner", valid_days=9)
        issue_token(db, token, actor=person, clock=clinic.clock)
    steps.approve(steps.ask_for_reset(person.id))
    with clinic.database.reading() as db:
        assert sign_ins.resume(db, cookie, now=clinic.clock.now()) is None
        assert db.get_one(Person, person.id).password_hash is None
        (token_row,) = db.scalars(select(ApiToken))
        assert token_row.revoked_at == clinic.clock.now()
    _make(clinic, person.id)
    with clinic.database.reading() as db:
        (link,) = db.scalars(select(SetupLink))
    assert (link.purpose, link.approved_by) == ("reset", clinic.manager.id)


def test_a_reset_ends_a_link_that_was_handed_over_before(steps: Steps) -> None:
    clinic, person_id = steps.clinic, steps.add_person()
    issued = _make(clinic, person_id)
    steps.approve(steps.ask_for_reset(person_id))
    with clinic.database.reading() as db:
        assert look_up(db, issued.secret, now=clinic.clock.now()) is None


def test_nobody_resets_whom_another_site_relies_on(steps: Steps) -> None:
    clinic = steps.clinic
    stranger = steps.add_person("sid", "SS", full_name="Sid Stranger")
    assert stranger == clinic.stranger.id
    with pytest.raises(InventoryError) as caught:
        steps.ask_for_reset(stranger)
    assert caught.value.code is ErrorCode.NOT_PERMITTED
    assert _refused(clinic, stranger) is ErrorCode.NOT_PERMITTED
    assert steps.give_role(stranger, Role.MANAGER).shown.role is Role.MANAGER
