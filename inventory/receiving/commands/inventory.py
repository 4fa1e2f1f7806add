"""The initial inventory: what is on hand on the first day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock, zone
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.ledger.accounts import opening
from inventory.ledger.containers import lock_registration
from inventory.ledger.post import post
from inventory.models.receiving import InitialInventory
from inventory.models.sites import Registration
from inventory.receiving import rules
from inventory.receiving.intake import (
    find_location,
    number_lines,
    posting_into_stock,
    read_lines,
)
from inventory.receiving.lines import NumberedLine
from inventory.receiving.rules import EnteredLine, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHandLine(EnteredLine):
    """Sealed containers found in one place."""

    location_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInitialInventory:
    """Say what is on hand, in every place; without lines it is a zero inventory."""

    registration_id: str
    taken_on: date
    moment: Moment
    lines: tuple[OnHandLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialInventoryTaken:
    """What the books start from, with the number to write on every container."""

    inventory_id: str
    taken_on: date
    moment: str
    containers: int
    lines: tuple[NumberedLine, ...]
    recorded: Appended


def take_initial_inventory(
    db: Session, command: TakeInitialInventory, *, actor: Actor, clock: Clock
) -> InitialInventoryTaken:
    """Take the one initial inventory of a registration (21 CFR 1304.11(b); AC-07).

    Expired stock is on hand like any other and is counted.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INITIAL_INVENTORY_EXISTS,
            TIME_IN_FUTURE, TIME_TOO_OLD, LOT_EXPIRY_DIFFERS, or as `read_lines`.
    """
    registration_id = command.registration_id
    require_permission(actor, Permission.TAKE_INITIAL_INVENTORY, registration_id)
    registration = lock_registration(db, registration_id)
    _require_none(db, registration_id)
    taken_at = rules.inventory_instant(
        command.taken_on,
        command.moment,
        now=clock.now(),
        zone=zone(registration.time_zone, field="time_zone"),
    )
    lines = _number(db, registration, command, at=taken_at)
    event = AuditEvent(
        book_id=registration_id,
        tag=Tag.INITIAL_INVENTORY_TAKEN,
        subject=new_id("inv", clock.now()),
        actor=actor,
        occurred_at=taken_at,
        data=_snapshot(command, lines),
    )
    recorded = _record(db, lines, event, clock)
    row = InitialInventory(
        registration_id=registration_id,
        id=event.subject,
        taken_on=command.taken_on,
        moment=str(command.moment),
        containers=_count(lines),
        recorded_by=actor.id,
        position=recorded.position,
    )
    db.add(row)
    db.flush()
    return InitialInventoryTaken(
        inventory_id=row.id,
        taken_on=row.taken_on,
        moment=row.moment,
        containers=row.containers,
        lines=lines,
        recorded=recorded,
    )


def _number(
    db: Session,
    registration: Registration,
    command: TakeInitialInventory,
    *,
    at: datetime,
) -> tuple[NumberedLine, ...]:
    places = [
        find_location(
            db, registration.id, line.location_id, field=f"lines.{index}.location_id"
        )
        for index, line in enumerate(command.lines)
    ]
    entered = list(zip(command.lines, places, strict=True))
    intake = read_lines(db, entered, at_least=0)
    return tuple(number_lines(db, registration, intake, at=at))


def _snapshot(
    command: TakeInitialInventory, lines: tuple[NumberedLine, ...]
) -> dict[str, Any]:
    return {
        "taken_on": command.taken_on.isoformat(),
        "moment": str(command.moment),
        "containers": _count(lines),
        "lines": [line.snapshot() for line in lines],
    }


def _count(lines: tuple[NumberedLine, ...]) -> int:
    return sum(len(line.containers) for line in lines)


def _record(
    db: Session, lines: tuple[NumberedLine, ...], event: AuditEvent, clock: Clock
) -> Appended:
    """A zero inventory is an event without legs: nothing is on hand."""
    if not lines:
        return book.append(db, event, clock=clock)
    posting = posting_into_stock(lines, source=opening(event.subject))
    return post(db, posting, event=event, clock=clock)


def _require_none(db: Session, registration_id: str) -> None:
    taken = db.get(InitialInventory, registration_id)
    if taken is not None:
        raise InventoryError(
            ErrorCode.INITIAL_INVENTORY_EXISTS,
            f"The initial inventory was taken on {taken.taken_on.isoformat()}. There "
            "is only one; what is on hand later is found by a count.",
            position=taken.position,
        )
