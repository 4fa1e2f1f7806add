"""Read a registration and its places."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationView:
    """A place that holds stock."""

    id: str
    name: str
    kind: str
    lock_class: str
    created_at: datetime
    closed_at: datetime | None


def list_locations(db: Session, registration_id: str) -> list[LocationView]:
    """Give the places of a registration, by name."""
    rows = db.scalars(
        select(Location)
        .where(Location.registration_id == registration_id)
        .order_by(Location.name)
    )
    return [
        LocationView(
            id=row.id,
            name=row.name,
            kind=row.kind,
            lock_class=row.lock_class,
            created_at=row.created_at,
            closed_at=row.closed_at,
        )
        for row in rows
    ]
