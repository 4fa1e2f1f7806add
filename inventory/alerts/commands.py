"""Saying that an alert was looked at. It stays on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.alerts import rules
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlert:
    """Say that one has looked into an alert."""

    registration_id: str
    alert_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged:
    """An alert that somebody answers for having looked into."""

    alert_id: str
    acknowledged_by: str
    acknowledged_at: datetime


def acknowledge_alert(
    db: Session, command: AcknowledgeAlert, *, actor: Actor, clock: Clock
) -> AlertAcknowledged:
    """Note who looked into an alert, and when.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND (also for an alert of another site),
            ALREADY_EXISTS.
    """
    require_permission(actor, Permission.READ_ACCESS, command.registration_id)
    alert = _lock(db, command)
    rules.require_may_acknowledge(actor, command.registration_id, alert.person_id)
    rules.require_open(alert.acknowledged_by)
    now = clock.now()
    alert.acknowledged_by, alert.acknowledged_at = actor.id, now
    db.flush()
    return AlertAcknowledged(
        alert_id=alert.id, acknowledged_by=actor.name, acknowledged_at=now
    )


def _lock(db: Session, command: AcknowledgeAlert) -> Alert:
    query = select(Alert).where(
        Alert.id == command.alert_id, Alert.registration_id == command.registration_id
    )
    alert = db.scalar(query.with_for_update(key_share=True))
    if alert is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such alert at this site. Look it up in the list.",
            field="alert_id",
        )
    return alert
