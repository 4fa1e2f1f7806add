"""Reviews that nobody has made for a day: an alert, once for each."""

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.emergency.rules import REVIEW_WITHIN
from inventory.models.access import Alert, EmergencyAccess


def overdue_reviews(db: Session, now: datetime) -> list[str]:
    """Name each emergency access whose review is overdue and has no alert yet."""
    return list(db.scalars(_unalerted(now).with_only_columns(EmergencyAccess.id)))


def alert_overdue_reviews(db: Session, now: datetime) -> list[str]:
    """Raise an alert for each of them; give their ids.

    A second worker waits for the rows, and then finds the alerts.
    """
    db.execute(_overdue(now).with_for_update(key_share=True)).all()
    found = db.scalars(_unalerted(now)).all()
    for access in found:
        raise_alert(
            db,
            [access.registration_id],
            AlertKind.REVIEW_OVERDUE,
            person_id=access.person_id,
            detail=access.id,
            now=now,
        )
    return [access.id for access in found]


def _overdue(now: datetime) -> Select[EmergencyAccess]:
    return (
        select(EmergencyAccess)
        .where(
            EmergencyAccess.reviewed_at.is_(None),
            EmergencyAccess.started_at <= now - REVIEW_WITHIN,
        )
        .order_by(EmergencyAccess.id)
    )


def _unalerted(now: datetime) -> Select[EmergencyAccess]:
    alerted = exists().where(
        Alert.kind == AlertKind.REVIEW_OVERDUE.value,
        Alert.detail == EmergencyAccess.id,
    )
    return _overdue(now).where(~alerted)
