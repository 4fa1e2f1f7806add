"""Read a registration and its places."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.kernel.actors import Actor
from inventory.models.sites import Location, Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationView:
    """A place that holds stock."""

    id: str
    name: str
    kind: str
    lock_class: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationView:
    """A registration at which somebody holds a role, and which roles."""

    id: str
    name: str
    dea_number: str
    address: str
    facility_type: str
    time_zone: str
    roles: tuple[str, ...]


def list_registrations(db: Session, actor: Actor) -> list[RegistrationView]:
    """Give the registrations at which an actor holds a role, by name."""
    rows = db.scalars(
        select(Registration)
        .where(Registration.id.in_(actor.roles))
        .order_by(Registration.name)
    )
    return [
        RegistrationView(
            id=row.id,
            name=row.name,
            dea_number=row.dea_number,
            address=row.address,
            facility_type=row.facility_type,
            time_zone=row.time_zone,
            roles=tuple(sorted(actor.roles[row.id])),
        )
        for row in rows
    ]


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
