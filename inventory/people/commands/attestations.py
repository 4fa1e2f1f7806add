"""What must be on record before somebody may touch stock: screening and training."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock, civil_day, day_bounds, format_instant
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.sites import Registration
from inventory.people import rules
from inventory.people.rows import lock_member, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScreening:
    """Attest that a person was screened (21 CFR 1301.76(a), AC-25).

    Attributes:
        screened_on: the day of it, at the site.
    """

    registration_id: str
    person_id: str
    screened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTraining:
    """Record that a person is trained (21 CFR 11.10(i)).

    Attributes:
        trained_until: the last day on which the training counts, at the site; a day
            that is over ends it.
    """

    registration_id: str
    person_id: str
    trained_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRecorded:
    """Since when a person counts as screened."""

    person_id: str
    screened_on: date
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecorded:
    """The last day of a person's training, and the first instant after it."""

    person_id: str
    trained_until: date
    ends_at: datetime
    recorded: Appended


def record_screening(
    db: Session, command: RecordScreening, *, actor: Actor, clock: Clock
) -> ScreeningRecorded:
    """Put a screening on record; the last one that is recorded counts.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD for a day to come.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    today = civil_day(clock.now(), zone_of(db, here))
    rules.require_screening_day(command.screened_on, today=today)
    person, member = lock_member(db, here, command.person_id)
    member.screened_on = command.screened_on
    db.flush()
    event = AuditEvent(
        book_id=here,
        tag=Tag.PERSON_SCREENED,
        subject=person.id,
        actor=actor,
        occurred_at=clock.now(),
        data={
            "person": snapshot(person),
            "screened_on": command.screened_on.isoformat(),
        },
    )
    return ScreeningRecorded(
        person_id=person.id,
        screened_on=command.screened_on,
        recorded=book.append(db, event, clock=clock),
    )


def record_training(
    db: Session, command: RecordTraining, *, actor: Actor, clock: Clock
) -> TrainingRecorded:
    """Put a training on record; the last one that is recorded counts.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    ends_at = day_bounds(command.trained_until, zone_of(db, here))[1]
    person, member = lock_member(db, here, command.person_id)
    member.trained_until = ends_at
    db.flush()
    event = AuditEvent(
        book_id=here,
        tag=Tag.PERSON_TRAINED,
        subject=person.id,
        actor=actor,
        occurred_at=clock.now(),
        data={
            "person": snapshot(person),
            "last_day": command.trained_until.isoformat(),
            "trained_until": format_instant(ends_at),
        },
    )
    return TrainingRecorded(
        person_id=person.id,
        trained_until=command.trained_until,
        ends_at=ends_at,
        recorded=book.append(db, event, clock=clock),
    )


def zone_of(db: Session, registration_id: str) -> ZoneInfo:
    """Give the time zone of a site, whose calendar days are meant.

    Raises:
        InventoryError: NOT_FOUND.
    """
    registration = db.get(Registration, registration_id)
    if registration is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND, "There is no such registration. Check its identifier."
        )
    return ZoneInfo(registration.time_zone)
