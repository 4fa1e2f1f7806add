"""Starting a blind count: what to count is told, what is expected is not."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.counts.queries import CountSheet, standing_at
from inventory.counts.rules import CountKind
from inventory.counts.snapshots import sheet_snapshot
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.counts import Count
from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCount:
    """Begin to count one place, not knowing what the books expect there."""

    registration_id: str
    location_id: str
    kind: CountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CountStarted:
    """What to count, and where the start stands in the book."""

    count_id: str
    sheet: CountSheet
    recorded: Appended


def start_count(
    db: Session, command: StartCount, *, actor: Actor, clock: Clock
) -> CountStarted:
    """Start a count of a place; the answer says what to count, never how many.

    Raises:
        InventoryError: NOT_PERMITTED; NOT_FOUND; ALREADY_EXISTS while another count of
            the place is open.
    """
    require_permission(actor, Permission.COUNT, command.registration_id)
    place = _lock_place(db, command)
    now = clock.now()
    sheet = standing_at(db, command.registration_id, place.id).sheet
    count = Count(
        id=new_id("cnt", now),
        registration_id=command.registration_id,
        location_id=place.id,
        kind=command.kind.value,
        state="open",
        counted_by=actor.id,
        started_at=now,
    )
    db.add(count)
    db.flush()
    event = AuditEvent(
        book_id=command.registration_id,
        tag=Tag.COUNT_STARTED,
        subject=count.id,
        actor=actor,
        occurred_at=now,
        data=sheet_snapshot(place, command.kind, sheet),
    )
    appended = book.append(db, event, clock=clock)
    return CountStarted(
        count_id=count.id,
        sheet=sheet,
        recorded=appended,
    )


def _lock_place(db: Session, command: StartCount) -> Location:
    # Without blocking those who only refer to the place: receipts, other features.
    place = db.scalar(
        select(Location)
        .where(
            Location.id == command.location_id,
            Location.registration_id == command.registration_id,
            Location.closed_at.is_(None),
        )
        .with_for_update(key_share=True)
    )
    if place is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such open place at this site. Look it up in the list.",
            field="location_id",
        )
    other = db.scalar(
        select(Count.id).where(Count.location_id == place.id, Count.state == "open")
    )
    if other is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "A count of this place is open. Whoever started it commits it first.",
            field="location_id",
            count_id=other,
        )
    return place
