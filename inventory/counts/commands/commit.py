"""Committing a count: final, and compared with the books as of its own position."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from inventory.counts.comparison import Line, compare
from inventory.counts.queries import (
    find_containers,
    find_lots,
    on_the_books,
    standing_at,
    unknown_count,
)
from inventory.counts.rules import (
    Counted,
    InUseLine,
    SealedLine,
    read_figures,
    require_complete,
    require_own_open_count,
    require_plausible_length,
)
from inventory.counts.snapshots import count_snapshot
from inventory.credentials.standing import as_of_now
from inventory.discrepancies.commands import OpenedDiscrepancy, open_discrepancies
from inventory.discrepancies.rules import Subject, Variance
from inventory.journal import book, canonical
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import (
    Actor,
    Permission,
    Proof,
    require_permission,
    require_two_people,
)
from inventory.kernel.clock import Clock
from inventory.ledger.containers import lock_registration
from inventory.models.counts import Count, CountLine
from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitCount:
    """Hand in what was found. Final: to count again is a new count.

    Attributes:
        registration_id: whose book.
        count_id: the open count.
        sealed: a line for each lot with sealed containers.
        in_use: a line for each container in use.
        witness: a second person's proof over `count_digest`, where policy asks for one.
    """

    registration_id: str
    count_id: str
    sealed: tuple[SealedLine, ...]
    in_use: tuple[InUseLine, ...]
    witness: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCommitted:
    """The variances, the cases they opened, and where the count stands in the book."""

    count_id: str
    lines: tuple[Line, ...]
    discrepancies: tuple[OpenedDiscrepancy, ...]
    recorded: Appended


def count_digest(command: CommitCount) -> str:
    """Give what a witness of a count signs: the figures exactly as written."""
    return canonical.digest(_entry(command))


def _entry(command: CommitCount) -> dict[str, Any]:
    return {
        "registration": command.registration_id,
        "count": command.count_id,
        "sealed": [
            {
                "lot": line.lot_id,
                "containers": line.containers,
                "numbers": None if line.numbers is None else list(line.numbers),
            }
            for line in command.sealed
        ],
        "in_use": [
            {"number": line.number, "volume": line.volume} for line in command.in_use
        ],
    }


def commit_count(
    db: Session, command: CommitCount, *, actor: Actor, clock: Clock
) -> CountCommitted:
    """Commit a count: compare it with the books as of its position, open cases.

    From the moment the head of the book is taken nothing else can be posted, so what is
    read after it is exactly the books at the position of the count.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, COUNT_NOT_OPEN; COUNT_INCOMPLETE; the
            refusals of `require_two_people` and of `rules.read_figures`.
    """
    require_permission(actor, Permission.COUNT, command.registration_id)
    count = _lock_count(db, command)
    require_own_open_count(
        state=count.state, counted_by=count.counted_by, actor_id=actor.id
    )
    command = replace(command, witness=_witness(db, command, actor, clock))
    counted = _read_figures(db, command)
    registration = lock_registration(db, command.registration_id)
    book.lock_head(db, command.registration_id)
    standing = standing_at(db, command.registration_id, count.location_id)
    require_complete(counted, lots=standing.sheet.lots, in_use=standing.in_use)
    books = on_the_books(db, command.registration_id, count.location_id, standing)
    lines = compare(counted, books)
    appended = _append(db, command, count, counted, actor=actor, clock=clock)
    _store(db, count, lines, appended, command.witness)
    opened = open_discrepancies(
        db,
        dict(_variances(count.location_id, lines)),
        registration=registration,
        location_id=count.location_id,
        source_id=count.id,
        discovered_at=appended.recorded_at,
        actor=actor,
        clock=clock,
    )
    return CountCommitted(
        count_id=count.id,
        lines=tuple(lines),
        discrepancies=tuple(opened),
        recorded=appended,
    )


def _lock_count(db: Session, command: CommitCount) -> Count:
    count = db.scalar(
        select(Count)
        .where(
            Count.id == command.count_id,
            Count.registration_id == command.registration_id,
        )
        .with_for_update(key_share=True)
    )
    if count is None:
        raise unknown_count()
    return count


def _witness(
    db: Session, command: CommitCount, actor: Actor, clock: Clock
) -> Proof | None:
    """Give the proof with the roles its person holds now (invariant I19)."""
    if command.witness is None:
        return None
    witness = as_of_now(db, command.witness, now=clock.now())
    require_two_people(
        actor.id,
        witness,
        registration_id=command.registration_id,
        digest=count_digest(command),
    )
    return witness


def _read_figures(db: Session, command: CommitCount) -> Counted:
    require_plausible_length(command.sealed, command.in_use)
    numbers = [line.number for line in command.in_use]
    numbers += [number for line in command.sealed for number in line.numbers or ()]
    lot_ids = [line.lot_id for line in command.sealed]
    return read_figures(
        command.sealed,
        command.in_use,
        lots=find_lots(db, command.registration_id, lot_ids),
        containers=find_containers(db, command.registration_id, numbers),
    )


def _append(
    db: Session,
    command: CommitCount,
    count: Count,
    counted: Counted,
    *,
    actor: Actor,
    clock: Clock,
) -> Appended:
    place = db.get_one(Location, count.location_id)
    event = AuditEvent(
        book_id=command.registration_id,
        tag=Tag.COUNT_COMMITTED,
        subject=count.id,
        actor=actor,
        occurred_at=clock.now(),
        data=count_snapshot(place, count, counted) | _witnessed(command),
        witness=command.witness,
    )
    return book.append(db, event, clock=clock)


def _witnessed(command: CommitCount) -> dict[str, Any]:
    """Give the figures as the witness signed them, so that anyone can check it."""
    return {} if command.witness is None else {"entry": _entry(command)}


def _store(
    db: Session,
    count: Count,
    lines: Iterable[Line],
    appended: Appended,
    witness: Proof | None,
) -> None:
    db.execute(
        update(Count)
        .where(Count.id == count.id)
        .values(
            state="committed",
            witnessed_by=witness.person.id if witness else None,
            committed_at=appended.recorded_at,
            position=appended.position,
        )
    )
    rows = [
        {
            "count_id": count.id,
            "line": number,
            "lot_id": line.lot_id,
            "container_id": line.container_id,
            "method": line.method.value,
            "counted_containers": line.counted_containers,
            "counted_ug": line.counted_ug,
            "expected_containers": line.expected_containers,
            "expected_ug": line.expected_ug,
            "missing_numbers": " ".join(str(each) for each in line.missing_numbers),
        }
        for number, line in enumerate(lines, start=1)
    ]
    if rows:
        db.execute(insert(CountLine), rows)


def _variances(
    location_id: str, lines: Iterable[Line]
) -> Iterable[tuple[Subject, Variance]]:
    for line in lines:
        subject = Subject(location_id, line.lot_id, line.container_id or "")
        yield subject, Variance(line.variance_ug, line.variance_containers)
