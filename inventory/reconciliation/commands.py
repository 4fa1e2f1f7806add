"""Making a reconciliation: the books of a period, as they are known now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended, Head
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock, civil_day, zone
from inventory.kernel.identifiers import new_id
from inventory.ledger.containers import lock_registration
from inventory.models.reconciliation import Reconciliation
from inventory.reconciliation.figures import ReconciliationFigures
from inventory.reconciliation.queries import gather_figures
from inventory.reconciliation.rules import require_period
from inventory.reconciliation.snapshots import totals_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """Compare the books of a period, whole civil days of the site, with its counts."""

    registration_id: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Which reconciliation holds for the period, and where it stands in the book.

    `repeated` tells that nothing happened in the book since it was made.
    """

    reconciliation_id: str
    first_day: date
    last_day: date
    known_position: int
    repeated: bool
    recorded: Appended


def reconcile(
    db: Session, command: Reconcile, *, actor: Actor, clock: Clock
) -> Reconciled:
    """Reconcile a period; when nothing is new in the book, give the one there is.

    The registration is locked first, so that two who ask at once get one answer. The
    head of the book is not: what is known up to a position never changes, so others go
    on recording while the figures are gathered.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND; INVALID_FIELD for a period that runs
            backwards or into the future.
    """
    require_permission(actor, Permission.RECONCILE, command.registration_id)
    registration = lock_registration(db, command.registration_id)
    now = clock.now()
    today = civil_day(now, zone(registration.time_zone, field="time_zone"))
    require_period(command.first_day, command.last_day, today=today)
    head = book.read_head(db, command.registration_id)
    latest = _latest(db, command)
    if latest is not None and _nothing_since(db, latest, head):
        return _result(latest, _receipt(db, latest), repeated=True)
    figures = gather_figures(
        db,
        registration,
        command.first_day,
        command.last_day,
        known_position=head.size,
    )
    reconciliation_id = new_id("rec", now)
    event = _event(reconciliation_id, figures, actor=actor, at=now)
    appended = book.append(db, event, clock=clock)
    made = Reconciliation(
        id=reconciliation_id,
        registration_id=command.registration_id,
        first_day=command.first_day,
        last_day=command.last_day,
        known_position=head.size,
        position=appended.position,
        made_by=actor.id,
        made_at=appended.recorded_at,
    )
    db.add(made)
    db.flush()
    return _result(made, appended, repeated=False)


def _latest(db: Session, command: Reconcile) -> Reconciliation | None:
    return db.scalar(
        select(Reconciliation)
        .where(
            Reconciliation.registration_id == command.registration_id,
            Reconciliation.first_day == command.first_day,
            Reconciliation.last_day == command.last_day,
        )
        .order_by(Reconciliation.position.desc())
        .limit(1)
    )


def _nothing_since(db: Session, made: Reconciliation, head: Head) -> bool:
    """Tell whether only reconciliations were recorded since this one knew the book."""
    # One at a time: the first other event, which is nearly always the next, ends it.
    return all(
        event.tag == Tag.RECONCILIATION_COMPLETED
        for position in range(made.known_position, head.size)
        for event in list(
            book.read(db, made.registration_id, after=position, until=position + 1)
        )
    )


def _event(
    reconciliation_id: str,
    figures: ReconciliationFigures,
    *,
    actor: Actor,
    at: datetime,
) -> AuditEvent:
    return AuditEvent(
        book_id=figures.registration_id,
        tag=Tag.RECONCILIATION_COMPLETED,
        subject=reconciliation_id,
        actor=actor,
        occurred_at=at,
        data=totals_snapshot(figures),
    )


def _receipt(db: Session, made: Reconciliation) -> Appended:
    [event] = book.read(
        db, made.registration_id, after=made.position - 1, until=made.position
    )
    return Appended(
        event.id, event.book_id, event.position, event.recorded_at, event.root
    )


def _result(made: Reconciliation, appended: Appended, *, repeated: bool) -> Reconciled:
    return Reconciled(
        reconciliation_id=made.id,
        first_day=made.first_day,
        last_day=made.last_day,
        known_position=made.known_position,
        repeated=repeated,
        recorded=appended,
    )
