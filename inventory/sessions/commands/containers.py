"""A vial is opened, and retired when it is empty."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.ledger.containers import IN_USE, RETIRED, change_state
from inventory.ledger.snapshots import container_label, product_label
from inventory.sessions import rules
from inventory.sessions.rows import LockedContainer, lock_shelf, site_day


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenContainer:
    """Take a sealed vial into use."""

    registration_id: str
    container_id: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerOpened:
    """A vial that can be drawn from."""

    container_id: str
    number: int
    lot: str
    opened_at: datetime
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireContainer:
    """Close out a vial in use that the books have nothing left in."""

    registration_id: str
    container_id: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRetired:
    """A vial that nothing can be drawn from any more."""

    container_id: str
    number: int
    lot: str
    retired_at: datetime
    recorded: Appended


def open_container(
    db: Session, command: OpenContainer, *, actor: Actor, clock: Clock
) -> ContainerOpened:
    """Open a sealed vial.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, TIME_IN_FUTURE, TIME_TOO_OLD, or as
            `rules.check_opening`.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    vial = _lock(db, command)
    opened_at = _when(vial, command, clock)
    day = site_day(db, command.registration_id, opened_at)
    rules.check_opening(vial.facts, day=day)
    change_state(db, vial.row, to=IN_USE, at=opened_at)
    event = _event(vial, Tag.CONTAINER_OPENED, occurred_at=opened_at, actor=actor)
    return ContainerOpened(
        container_id=vial.row.id,
        number=vial.row.number,
        lot=vial.lot.lot,
        opened_at=opened_at,
        recorded=book.append(db, event, clock=clock),
    )


def retire_container(
    db: Session, command: RetireContainer, *, actor: Actor, clock: Clock
) -> ContainerRetired:
    """Retire a vial whose balance is exactly zero.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, TIME_IN_FUTURE, TIME_TOO_OLD, or as
            `rules.check_retirement`.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    vial = _lock(db, command)
    retired_at = _when(vial, command, clock)
    rules.check_retirement(vial.facts)
    change_state(db, vial.row, to=RETIRED, at=retired_at)
    event = _event(vial, Tag.CONTAINER_RETIRED, occurred_at=retired_at, actor=actor)
    return ContainerRetired(
        container_id=vial.row.id,
        number=vial.row.number,
        lot=vial.lot.lot,
        retired_at=retired_at,
        recorded=book.append(db, event, clock=clock),
    )


def _lock(db: Session, command: OpenContainer | RetireContainer) -> LockedContainer:
    (vial,) = lock_shelf(
        db, command.registration_id, [command.container_id], field="container_id"
    )
    return vial


def _when(
    vial: LockedContainer, command: OpenContainer | RetireContainer, clock: Clock
) -> datetime:
    occurred_at = resolve_occurred_at(command.occurred_at, clock.now())
    what = f"container {vial.facts.number} was received or opened"
    rules.require_not_before(command.occurred_at, vial.facts.ready_at, what)
    return occurred_at


def _event(
    vial: LockedContainer, tag: Tag, *, occurred_at: datetime, actor: Actor
) -> AuditEvent:
    return AuditEvent(
        book_id=vial.row.registration_id,
        tag=tag,
        subject=vial.row.id,
        actor=actor,
        occurred_at=occurred_at,
        data={
            **container_label(vial.row, vial.lot),
            "product": product_label(vial.lot),
            "location": vial.row.location_id,
            "state": vial.row.state,
        },
    )
