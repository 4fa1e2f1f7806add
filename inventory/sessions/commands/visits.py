"""A session opens for one patient, and closes at zero."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.identifiers import new_id
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.kernel.quantities import parse_weight_kg
from inventory.ledger import accounts
from inventory.ledger.balances import balance_ug
from inventory.ledger.sessions import lock_session
from inventory.models.sessions import SupervisedSession
from inventory.sessions import rules
from inventory.sessions.patient_ref import check_patient_ref
from inventory.sessions.rows import session_event, session_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Open a session for one patient under one supervising clinician.

    Attributes:
        patient_ref: opaque reference of the patient record, never a name.
        weight_kg: body weight as written, such as "71.3".
        protocol: name of the protocol followed.
        occurred_at: when, if not now.
    """

    registration_id: str
    patient_ref: str
    indication: rules.Indication
    clinician_id: str
    weight_kg: str
    route: rules.Route
    protocol: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened:
    """A session that can be drawn for."""

    session_id: str
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """Close a session at zero."""

    registration_id: str
    session_id: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed:
    """A session in which everything drawn was given or wasted."""

    session_id: str
    recorded: Appended


def open_session(
    db: Session, command: OpenSession, *, actor: Actor, clock: Clock
) -> SessionOpened:
    """Open a session.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, INVALID_AMOUNT,
            AMOUNT_NOT_POSITIVE, TIME_IN_FUTURE, TIME_TOO_OLD.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    clinician = rules.require_clinician(
        load_actor(db, command.clinician_id, now=clock.now()), command.registration_id
    )
    now = clock.now()
    session = SupervisedSession(
        id=new_id("ses", now),
        registration_id=command.registration_id,
        patient_ref=check_patient_ref(command.patient_ref),
        indication=command.indication.value,
        clinician_id=clinician.id,
        weight_g=parse_weight_kg(command.weight_kg, field="weight_kg"),
        route=command.route.value,
        state="open",
        opened_at=resolve_occurred_at(command.occurred_at, now),
    )
    db.add(session)
    db.flush()
    event = session_event(
        session,
        Tag.SESSION_OPENED,
        _opening(session, clinician),
        occurred_at=session.opened_at,
        actor=actor,
        texts={"protocol": salted(command.protocol)},
    )
    recorded = book.append(db, event, clock=clock)
    return SessionOpened(session_id=session.id, recorded=recorded)


def close_session(
    db: Session, command: CloseSession, *, actor: Actor, clock: Clock
) -> SessionClosed:
    """Close a session at zero. Only what is still drawn decides (invariant I5).

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, TIME_IN_FUTURE, TIME_TOO_OLD,
            SESSION_CLOSED, SESSION_NOT_AT_ZERO.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    session = lock_session(db, command.registration_id, command.session_id)
    occurred_at = resolve_occurred_at(command.occurred_at, clock.now())
    facts = session_facts(session)
    rules.require_not_before(
        command.occurred_at, facts.opened_at, "the session was opened"
    )
    remaining_ug = balance_ug(db, session.registration_id, accounts.drawn(session.id))
    rules.check_closing(facts, remaining_ug)
    session.state, session.closed_at = "closed", occurred_at
    db.flush()
    event = session_event(
        session, Tag.SESSION_CLOSED, {}, occurred_at=occurred_at, actor=actor
    )
    recorded = book.append(db, event, clock=clock)
    return SessionClosed(session_id=session.id, recorded=recorded)


def _opening(session: SupervisedSession, clinician: Actor) -> dict[str, Any]:
    return {
        "indication": session.indication,
        "clinician": {
            "id": clinician.id,
            "name": clinician.name,
            "initials": clinician.initials,
        },
        "weight_g": session.weight_g,
        "route": session.route,
    }
