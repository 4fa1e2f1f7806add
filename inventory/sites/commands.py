"""Open a registration with its book; add the places that hold its stock."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock, zone
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.ledger.containers import lock_registration
from inventory.models.sites import Location, Registration
from inventory.sites import rules
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRegistration:
    """Open the books of one registered location (21 CFR 1304.21(b))."""

    name: str
    dea_number: str
    address: str
    facility_type: FacilityType
    record_basis: RecordBasis
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationOpened:
    """The registration whose book begins with this entry."""

    registration_id: str
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLocation:
    """Declare a place that may hold stock, and how it is locked (AC-24)."""

    registration_id: str
    name: str
    kind: LocationKind
    lock_class: LockClass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationAdded:
    """The place that stock can now be put."""

    location_id: str
    name: str
    kind: str
    lock_class: str
    recorded: Appended


def open_registration(
    db: Session, command: OpenRegistration, *, actor: Actor, clock: Clock
) -> RegistrationOpened:
    """Open a registration: its row, its empty book, and the book's first entry.

    The actor is an administrator of any registration. For the very first one the
    command line acts as an administrator of its own making, since nobody exists yet;
    likewise whoever opens one gives it its first administrator in the same transaction,
    acting there as administrator (`Actor.roles` says what an actor may do).

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_CODE, INVALID_FIELD (time zone),
            ALREADY_EXISTS.
    """
    rules.require_administrator(actor)
    number = rules.registration_number(command.dea_number)
    zone(command.time_zone, field="time_zone")
    _require_new_number(db, number)
    now = clock.now()
    registration = Registration(
        id=new_id("reg", now),
        name=command.name,
        dea_number=number,
        address=command.address,
        facility_type=str(command.facility_type),
        record_basis=str(command.record_basis),
        time_zone=command.time_zone,
        created_at=now,
        containers_numbered=0,
        discrepancies_numbered=0,
    )
    db.add(registration)
    db.flush()
    book.open_book(db, registration.id, clock=clock)
    return RegistrationOpened(
        registration_id=registration.id,
        recorded=book.append(db, _opened(registration, actor), clock=clock),
    )


def add_location(
    db: Session, command: AddLocation, *, actor: Actor, clock: Clock
) -> LocationAdded:
    """Add a place to a registration.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS.
    """
    registration_id = command.registration_id
    require_permission(actor, Permission.MANAGE_SITES, registration_id)
    lock_registration(db, registration_id)
    names = select(Location.name).where(Location.registration_id == registration_id)
    rules.require_new_name(command.name, db.scalars(names))
    now = clock.now()
    location = Location(
        id=new_id("loc", now),
        registration_id=registration_id,
        name=command.name,
        kind=str(command.kind),
        lock_class=str(command.lock_class),
        created_at=now,
    )
    db.add(location)
    db.flush()
    event = AuditEvent(
        book_id=registration_id,
        tag=Tag.LOCATION_ADDED,
        subject=location.id,
        actor=actor,
        occurred_at=now,
        data={
            "name": location.name,
            "kind": location.kind,
            "lock_class": location.lock_class,
        },
    )
    return LocationAdded(
        location_id=location.id,
        name=location.name,
        kind=location.kind,
        lock_class=location.lock_class,
        recorded=book.append(db, event, clock=clock),
    )


def _require_new_number(db: Session, dea_number: str) -> None:
    if db.scalar(select(Registration).where(Registration.dea_number == dea_number)):
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"The books of {dea_number} are already open. Each registered location "
            "has its own number: copy it from the certificate.",
            field="dea_number",
        )


def _opened(registration: Registration, actor: Actor) -> AuditEvent:
    return AuditEvent(
        book_id=registration.id,
        tag=Tag.REGISTRATION_OPENED,
        subject=registration.id,
        actor=actor,
        occurred_at=registration.created_at,
        data={
            "name": registration.name,
            "dea_number": registration.dea_number,
            "address": registration.address,
            "facility_type": registration.facility_type,
            "record_basis": registration.record_basis,
            "time_zone": registration.time_zone,
        },
    )
