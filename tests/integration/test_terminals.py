"""Devices of a site: registered by those who answer for it, revoked at once."""

import pytest
from sqlalchemy import select

from inventory.credentials import sign_ins
from inventory.credentials.tokens import fingerprint
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode
from inventory.models.credentials import SignIn, Terminal
from inventory.programs.commands import (
    RegisterTerminal,
    RevokeTerminal,
    TerminalRegistered,
    TerminalRevoked,
    register_terminal,
    revoke_terminal,
)
from inventory.programs.queries import list_terminals
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps


def _register(
    clinic: Clinic, label: str = "Procedure room tablet", *, by: Actor | None = None
) -> TerminalRegistered:
    command = RegisterTerminal(registration_id=clinic.registration_id, label=label)
    with clinic.database.transaction() as db:
        return register_terminal(
            db, command, actor=by or clinic.manager, clock=clinic.clock
        )


def _revoke(clinic: Clinic, terminal_id: str, *, at: str = "") -> TerminalRevoked:
    command = RevokeTerminal(
        registration_id=at or clinic.registration_id, terminal_id=terminal_id
    )
    with clinic.database.transaction() as db:
        return revoke_terminal(
            db, command, actor=clinic.administrator, clock=clinic.clock
        )


def _sign_in(clinic: Clinic, person: Actor, terminal_id: str | None) -> str:
    with clinic.database.transaction() as db:
        return sign_ins.begin(
            db,
            person,
            ("password",),
            terminal_id=terminal_id,
            browser="",
            network="",
            now=clinic.clock.now(),
        )


def test_a_terminal_is_stored_as_its_fingerprint_only(clinic: Clinic) -> None:
    registered = _register(clinic)
    assert registered.secret not in repr(registered)
    with clinic.database.reading() as db:
        (row,) = db.scalars(select(Terminal))
        (view,) = list_terminals(db, clinic.registration_id)
        assert list_terminals(db, clinic.elsewhere_id) == []
    assert row.secret_sha256 == fingerprint(registered.secret)
    assert (view.label, view.registered_by_name) == (
        "Procedure room tablet",
        "Mona Manager",
    )


def test_the_book_tells_of_a_terminal(clinic: Clinic) -> None:
    registered = _register(clinic)
    _revoke(clinic, registered.terminal_id)
    told = [Steps(clinic).told(position) for position in (1, 2)]
    assert [(one["tag"], one["actor"]["name"]) for one in told] == [
        ("terminal:registered", "Mona Manager"),
        ("terminal:revoked", "Ada Admin"),
    ]
    for one in told:
        assert one["data"]["terminal"] == {
            "id": registered.terminal_id,
            "label": "Procedure room tablet",
        }


@pytest.mark.parametrize(
    "person", ["pharmacist", "clinician", "colleague", "officer", "stranger", "job"]
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_others_register_no_terminal(clinic: Clinic, person: str) -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        _register(clinic, by=getattr(clinic, person))


def test_a_label_leads_to_one_device_for_ever(clinic: Clinic) -> None:
    registered = _register(clinic)
    _revoke(clinic, registered.terminal_id)
    with refused(ErrorCode.ALREADY_EXISTS, "label"):
        _register(clinic)


def test_revoking_a_terminal_signs_out_whoever_is_on_it(clinic: Clinic) -> None:
    registered = _register(clinic)
    there = _sign_in(clinic, clinic.pharmacist, registered.terminal_id)
    elsewhere = _sign_in(clinic, clinic.clinician, None)
    assert _revoke(clinic, registered.terminal_id).signed_out == 1
    now = clinic.clock.now()
    with clinic.database.reading() as db:
        assert sign_ins.resume(db, there, now=now) is None
        assert sign_ins.resume(db, elsewhere, now=now) is not None
        ended = select(SignIn.ended_why).where(SignIn.ended_at.is_not(None))
        assert db.scalars(ended).all() == ["revoked"]


def test_a_terminal_is_revoked_once(clinic: Clinic) -> None:
    registered = _register(clinic)
    first = _revoke(clinic, registered.terminal_id)
    assert _revoke(clinic, registered.terminal_id) == first
    assert Steps(clinic).size() == 2


def test_a_terminal_that_is_not_there_cannot_be_revoked(clinic: Clinic) -> None:
    with refused(ErrorCode.NOT_FOUND, "terminal_id"):
        _revoke(clinic, "trm_unknown")
    with refused(ErrorCode.NOT_PERMITTED):
        _revoke(clinic, _register(clinic).terminal_id, at=clinic.elsewhere_id)
