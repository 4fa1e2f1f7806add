"""The rows that decisions about sessions are made on: locked, then read as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import SaltedText
from inventory.kernel.actors import Actor
from inventory.kernel.clock import civil_day, zone
from inventory.ledger.balances import container_balances_ug
from inventory.ledger.containers import lock_containers, strength_of
from inventory.models.containers import Container, Lot
from inventory.models.sessions import SupervisedSession
from inventory.models.sites import Registration
from inventory.sessions.rules import OnShelf, Opened, State


@dataclass(frozen=True, slots=True)
class LockedContainer:
    """A container locked for this transaction, its lot, and the facts for the rules."""

    row: Container
    lot: Lot
    facts: OnShelf


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


def session_event(
    session: SupervisedSession,
    tag: Tag,
    data: Mapping[str, Any],
    *,
    occurred_at: datetime,
    actor: Actor,
    texts: Mapping[str, SaltedText] | None = None,
) -> AuditEvent:
    """Say that something happened in a session, naming the patient's reference."""
    return AuditEvent(
        book_id=session.registration_id,
        tag=tag,
        subject=session.id,
        actor=actor,
        occurred_at=occurred_at,
        data={"patient_ref": session.patient_ref, **data},
        texts=texts or {},
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
