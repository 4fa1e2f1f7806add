"""A token stands for its owner as far as it says; each book it reaches tells of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inventory.credentials.tokens import fingerprint
from inventory.journal import book
from inventory.kernel.actors import Actor, Permission, Role
from inventory.kernel.errors import ErrorCode
from inventory.models.credentials import ApiToken
from inventory.programs.commands import (
    IssueToken,
    RevokeToken,
    TokenIssued,
    TokenRevoked,
    issue_token,
    revoke_token,
)
from inventory.programs.queries import list_site_tokens, list_tokens
from tests.clinic import Clinic
from tests.refusals import refused
from tests.staff import hire, join

ABSENT = "reg_00000000000000000000000000"


def _issue(clinic: Clinic, owner: Actor, **changes: Any) -> TokenIssued:
    actor = changes.pop("actor", owner)
    fields: dict[str, Any] = {"label": "tablet", "valid_days": 30}
    command = IssueToken(person_id=owner.id, **(fields | changes))
    with clinic.database.transaction() as db:
        return issue_token(db, command, actor=actor, clock=clinic.clock)


def _revoke(clinic: Clinic, token_id: str, *, actor: Actor) -> TokenRevoked:
    with clinic.database.transaction() as db:
        command = RevokeToken(token_id=token_id)
        return revoke_token(db, command, actor=actor, clock=clinic.clock)


def _told(clinic: Clinic, site: str) -> list[tuple[str, dict[str, Any]]]:
    with clinic.database.reading() as db:
        entries = [json.loads(entry.body) for entry in book.read(db, site)]
    return [(entry["tag"], entry["data"]["token"]) for entry in entries]


def test_a_token_is_stored_as_its_fingerprint_only(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.pharmacist)
    assert issued.secret not in repr(issued)
    with clinic.database.reading() as db:
        (row,) = db.scalars(select(ApiToken))
        (view,) = list_tokens(db, clinic.pharmacist.id)
    assert row.secret_sha256 == fingerprint(issued.secret)
    assert row.expires_at == clinic.clock.now() + timedelta(days=30)
    assert (view.id, view.label, view.revoked_at) == (issued.token_id, "tablet", None)
    assert view.issued_by == clinic.pharmacist.id


def test_the_books_tell_what_a_token_is_for_and_not_its_secret(clinic: Clinic) -> None:
    issued = _issue(
        clinic,
        clinic.pharmacist,
        registration_id=clinic.registration_id,
        permissions=[Permission.RECEIVE, Permission.READ_BOOKS],
    )
    _revoke(clinic, issued.token_id, actor=clinic.pharmacist)
    told = _told(clinic, clinic.registration_id)
    assert [tag for tag, _ in told] == ["token:issued", "token:revoked"]
    for _, token in told:
        assert token == {
            "id": issued.token_id,
            "owner": clinic.pharmacist.id,
            "label": "tablet",
            "registration": clinic.registration_id,
            "permissions": ["read_books", "receive"],
            "expires_at": "2026-12-02T14:00:00.000000Z",
        }


def test_a_token_for_all_sites_stands_in_every_book_of_its_owner(
    clinic: Clinic,
) -> None:
    both = join(clinic, clinic.clinician, Role.CLINICIAN, at=clinic.elsewhere_id)
    issued = _issue(clinic, both)
    for site in (clinic.registration_id, clinic.elsewhere_id):
        assert [token["id"] for _, token in _told(clinic, site)] == [issued.token_id]
        with clinic.database.reading() as db:
            views = list_site_tokens(db, site)
        assert [view.id for view in views] == [issued.token_id]


def test_a_token_for_one_site_stands_in_its_book_alone(clinic: Clinic) -> None:
    both = join(clinic, clinic.clinician, Role.CLINICIAN, at=clinic.elsewhere_id)
    _issue(clinic, both, registration_id=clinic.elsewhere_id)
    assert _told(clinic, clinic.registration_id) == []
    assert len(_told(clinic, clinic.elsewhere_id)) == 1
    with clinic.database.reading() as db:
        assert list_site_tokens(db, clinic.registration_id) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"registration_id": ABSENT}, ErrorCode.NOT_FOUND, "registration_id"),
        ({"permissions": []}, ErrorCode.INVALID_FIELD, "permissions"),
        (
            {"permissions": [Permission.REDACT, Permission.RECEIVE]},
            ErrorCode.INVALID_FIELD,
            "permissions",
        ),
        ({"valid_days": 0}, ErrorCode.INVALID_FIELD, "valid_days"),
        ({"valid_days": 367}, ErrorCode.INVALID_FIELD, "valid_days"),
        ({"label": ""}, ErrorCode.INVALID_FIELD, "label"),
        ({"label": " tablet"}, ErrorCode.INVALID_FIELD, "label"),
        ({"label": "two\nlines"}, ErrorCode.INVALID_FIELD, "label"),
        ({"label": "x" * 61}, ErrorCode.INVALID_FIELD, "label"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_token_for_more_than_its_owner_may_is_refused(
    clinic: Clinic, changes: dict[str, Any], code: ErrorCode, field: str
) -> None:
    with refused(code, field):
        _issue(clinic, clinic.pharmacist, **changes)


def test_a_site_where_the_owner_holds_no_role_looks_absent(clinic: Clinic) -> None:
    with refused(ErrorCode.NOT_FOUND, "registration_id"):
        _issue(clinic, clinic.pharmacist, registration_id=clinic.elsewhere_id)


def test_an_administrator_issues_tokens_for_jobs_not_people(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.job, actor=clinic.administrator)
    assert issued.person_id == clinic.job.id
    with refused(ErrorCode.NOT_PERMITTED, "person_id"):
        _issue(clinic, clinic.pharmacist, actor=clinic.administrator)


def test_an_administrator_issues_no_token_for_another_administrators_site(
    clinic: Clinic,
) -> None:
    job = join(clinic, clinic.job, Role.SCHEDULED_JOB, at=clinic.elsewhere_id)
    with refused(ErrorCode.NOT_PERMITTED, "person_id"):
        _issue(clinic, job, actor=clinic.administrator)
    here = clinic.registration_id
    issued = _issue(clinic, job, actor=clinic.administrator, registration_id=here)
    assert issued.person_id == job.id


def test_nobody_unknown_gets_a_token(clinic: Clinic) -> None:
    nobody = Actor(id="per_unknown", name="Nobody", initials="NO")
    with refused(ErrorCode.NOT_FOUND, "person_id"):
        _issue(clinic, nobody, actor=clinic.administrator)


def test_whoever_holds_no_role_gets_no_token(clinic: Clinic) -> None:
    now = clinic.clock.now()
    former = hire(clinic, "FI", Role.INSPECTOR, until=now)
    with refused(ErrorCode.INVALID_FIELD, "person_id"):
        _issue(clinic, former)


def test_a_token_is_revoked_once(clinic: Clinic) -> None:
    issued = _issue(clinic, clinic.pharmacist)
    first = _revoke(clinic, issued.token_id, actor=clinic.administrator)
    clinic.clock.advance(timedelta(minutes=5))
    again = _revoke(clinic, issued.token_id, actor=clinic.pharmacist)
    assert again == first
    assert len(_told(clinic, clinic.registration_id)) == 2


@pytest.mark.parametrize("person", ["clinician", "stranger"])
def test_a_token_of_others_does_not_exist(clinic: Clinic, person: str) -> None:
    issued = _issue(clinic, clinic.pharmacist)
    with refused(ErrorCode.NOT_FOUND, "token_id"):
        _revoke(clinic, issued.token_id, actor=getattr(clinic, person))


def test_an_administrator_revokes_no_token_for_another_site(clinic: Clinic) -> None:
    both = join(clinic, clinic.clinician, Role.CLINICIAN, at=clinic.elsewhere_id)
    issued = _issue(clinic, both, registration_id=clinic.elsewhere_id)
    with refused(ErrorCode.NOT_FOUND, "token_id"):
        _revoke(clinic, issued.token_id, actor=clinic.administrator)


def test_a_token_that_never_was_cannot_be_revoked(clinic: Clinic) -> None:
    with refused(ErrorCode.NOT_FOUND, "token_id"):
        _revoke(clinic, "tok_unknown", actor=clinic.administrator)
