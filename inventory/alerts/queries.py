"""Reads about alerts: how many are open, and the list in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from inventory.alerts.words import SENTENCES, WAYS_OUT
from inventory.credentials.alerts import AlertKind
from inventory.models.access import Alert
from inventory.models.people import Person

ACKNOWLEDGED_SHOWN: Final = 100
_Acknowledger = aliased(Person)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert in words that a person understands, with the way out.

    Attributes:
        alert_id: which one.
        kind: what happened.
        person_id: whom it is about, if anybody.
        person_name: their name.
        detail: more about it: a sentence, or the id of an emergency access.
        raised_at: when.
        acknowledged_by: who has looked into it.
        acknowledged_at: when.
    """

    alert_id: str
    kind: AlertKind
    person_id: str | None
    person_name: str | None
    detail: str
    raised_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    @property
    def sentence(self) -> str:
        """What happened."""
        return SENTENCES[self.kind].format(person=self.person_name or "Somebody")

    @property
    def way_out(self) -> str:
        """What to do about it."""
        return WAYS_OUT[self.kind]


def count_open(db: Session, registration_id: str) -> int:
    """Count what nobody has looked into."""
    query = select(func.count()).where(
        Alert.registration_id == registration_id, Alert.acknowledged_at.is_(None)
    )
    return db.execute(query).scalar_one()


def list_alerts(db: Session, registration_id: str) -> list[AlertView]:
    """List every open alert, newest first, then those acknowledged last."""
    open_ones = (
        _views(registration_id)
        .where(Alert.acknowledged_at.is_(None))
        .order_by(Alert.raised_at.desc(), Alert.id)
    )
    done = (
        _views(registration_id)
        .where(Alert.acknowledged_at.is_not(None))
        .order_by(Alert.acknowledged_at.desc(), Alert.id)
        .limit(ACKNOWLEDGED_SHOWN)
    )
    rows = [*db.execute(open_ones), *db.execute(done)]
    return [_view(*row) for row in rows]


def _views(registration_id: str) -> Select[Alert, str | None, str | None]:
    return (
        select(Alert, Person.name, _Acknowledger.name)
        .outerjoin(Person, Person.id == Alert.person_id)
        .outerjoin(_Acknowledger, _Acknowledger.id == Alert.acknowledged_by)
        .where(Alert.registration_id == registration_id)
    )


def _view(alert: Alert, person: str | None, acknowledged_by: str | None) -> AlertView:
    return AlertView(
        alert_id=alert.id,
        kind=AlertKind(alert.kind),
        person_id=alert.person_id,
        person_name=person,
        detail=alert.detail,
        raised_at=alert.raised_at,
        acknowledged_by=acknowledged_by,
        acknowledged_at=alert.acknowledged_at,
    )
