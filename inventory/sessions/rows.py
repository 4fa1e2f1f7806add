"""The rows that decisions about sessions are made on: locked, then read as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor
from inventory.kernel.clock import civil_day, zone
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.balances import container_balances_ug
from inventory.ledger.containers import lock_containers, strength_of
from inventory.models.containers import Container, Lot
from inventory.models.sessions import SupervisedSession
from inventory.models.sites import Registration
from inventory.sessions.rules import OnShelf, Opened, State

Labels = Mapping[str, tuple[Container, Lot]]


@dataclass(frozen=True, slots=True)
class LockedContainer:
    """A container locked for this transaction, its lot, and the facts for the rules."""

    row: Container
    lot: Lot
    facts: OnShelf


def lock_session(
    db: Session, registration_id: str, session_id: str
) -> SupervisedSession:
    """Lock a session's row, first of all locks.

    Raises:
        InventoryError: NOT_FOUND, also for a session of another registration.
    """
    row = db.scalar(
        select(SupervisedSession)
        .where(
            SupervisedSession.id == session_id,
            SupervisedSession.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )
    if row is None:
        raise session_not_found()
    return row


def session_not_found() -> InventoryError:
    """Say that a registration has no such session."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such session at this site. Choose one from the list.",
        field="session_id",
    )


def session_facts(row: SupervisedSession) -> Opened:
    """Give a session as the rules see it."""
    return Opened(
        closed=row.state == "closed",
        opened_at=row.opened_at,
        product_id=row.product_id,
    )


def lock_shelf(
    db: Session, registration_id: str, container_ids: Sequence[str], *, field: str
) -> list[LockedContainer]:
    """Lock containers in sorted order; give them, as facts too, in the order asked.

    Raises:
        InventoryError: NOT_FOUND.
    """
    locked = lock_containers(db, registration_id, container_ids, field=field)
    balances = container_balances_ug(db, registration_id, container_ids)
    return [
        LockedContainer(row, lot, _on_shelf(row, lot, balances.get(row.id, 0)))
        for row, lot in locked
    ]


def site_day(db: Session, registration_id: str, at: datetime) -> date:
    """Give the day on the calendar at the site's wall."""
    site = db.get_one(Registration, registration_id)
    return civil_day(at, zone(site.time_zone, field="time_zone"))


def read_labels(db: Session, container_ids: Sequence[str]) -> Labels:
    """Give containers and their lots by id, without locking them."""
    rows = db.execute(
        select(Container, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(Container.id.in_(container_ids))
    )
    return {container.id: (container, lot) for container, lot in rows}


def first_drawn_at(db: Session, registration_id: str, session_id: str) -> datetime:
    """Give when the earliest draw of a session happened; there is at least one."""
    return min(
        event.occurred_at
        for event in book.read(db, registration_id, subject=session_id)
        if event.tag == Tag.SESSION_DRAWN
    )


def session_event(
    session: SupervisedSession,
    tag: Tag,
    data: Mapping[str, Any],
    *,
    occurred_at: datetime,
    actor: Actor,
) -> AuditEvent:
    """Say that something happened in a session, naming the patient's reference."""
    return AuditEvent(
        book_id=session.registration_id,
        tag=tag,
        subject=session.id,
        actor=actor,
        occurred_at=occurred_at,
        data={"patient_ref": session.patient_ref, **data},
    )


def _on_shelf(row: Container, lot: Lot, balance_ug: int) -> OnShelf:
    return OnShelf(
        number=row.number,
        product_id=lot.product_id,
        strength=strength_of(lot),
        expires_on=lot.expires_on,
        state=State(row.state),
        balance_ug=balance_ug,
        nominal_ug=row.nominal_ug,
        ready_at=row.opened_at or row.received_at,
    )
