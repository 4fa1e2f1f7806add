"""One book's journal: append an event, read events. The only access to its tables.

`append` takes the book's head row, last of all locks and until the commit, so that
positions are dense, `recorded_at` never goes back, and the tree's frontier moves in
the same transaction as the event (decision 0004).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from inventory.journal import canonical, texts, tree
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Proof
from inventory.kernel.clock import Clock, format_instant
from inventory.kernel.identifiers import new_id
from inventory.models.journal import BookHead, Event

_HEADS: Final = cast("Table", BookHead.__table__)
_EVENTS: Final = cast("Table", Event.__table__)
_LOCK_HEAD: Final = (
    select(_HEADS)
    .where(_HEADS.c.book_id == bindparam("book_id"))
    .with_for_update(key_share=True)
)
_MOVE_HEAD: Final = (
    update(_HEADS)
    .where(_HEADS.c.book_id == bindparam("head_book_id"))
    .values(
        size=bindparam("new_size"),
        frontier=bindparam("new_frontier"),
        root=bindparam("new_root"),
        recorded_at=bindparam("new_recorded_at"),
    )
)


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an event came to stand: the receipt of every write."""

    event_id: str
    book_id: str
    position: int
    recorded_at: datetime
    root: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a book: number of events and root of the tree over them."""

    book_id: str
    size: int
    root: bytes
    recorded_at: datetime


def open_book(db: Session, book_id: str, *, clock: Clock) -> None:
    """Start the empty book of a registration."""
    db.execute(
        insert(_HEADS),
        {
            "book_id": book_id,
            "size": 0,
            "frontier": b"",
            "root": tree.EMPTY_ROOT,
            "recorded_at": clock.now(),
        },
    )


def append(
    db: Session,
    event: AuditEvent,
    *,
    clock: Clock,
    legs: Sequence[dict[str, Any]] = (),
) -> Appended:
    """Append an event to its book, as the last thing a command does.

    Args:
        db: the open transaction.
        event: what happened.
        clock: gives `recorded_at`, which never runs behind the book's last event.
        legs: the entries that go with it, as they are hashed (see ledger.post).
    """
    head = db.execute(_LOCK_HEAD, {"book_id": event.book_id}).one()
    position = head.size + 1
    recorded_at = max(clock.now(), head.recorded_at)
    event_id = new_id("evt", recorded_at)
    body = canonical.body(_content(event, event_id, position, recorded_at, legs))
    leaf = tree.leaf_hash(body)
    before = tree.unpack(head.frontier)
    subtrees = tree.completed(head.size, before, leaf)
    frontier = tree.extended(before, leaf, subtrees)
    root = tree.root_of_frontier(frontier)
    witness = event.witness
    db.execute(
        insert(_EVENTS),
        {
            "book_id": event.book_id,
            "position": position,
            "id": event_id,
            "tag": event.tag.value,
            "subject": event.subject,
            "actor_id": event.actor.id,
            "witness_id": witness.person.id if witness else None,
            "occurred_at": event.occurred_at,
            "recorded_at": recorded_at,
            "body": body,
            "leaf_hash": leaf,
            "root": root,
            "subtrees": tree.pack(subtrees),
        },
    )
    texts.keep(db, event.book_id, position, event.texts)
    db.execute(
        _MOVE_HEAD,
        {
            "head_book_id": event.book_id,
            "new_size": position,
            "new_frontier": tree.pack(frontier),
            "new_root": root,
            "new_recorded_at": recorded_at,
        },
    )
    return Appended(event_id, event.book_id, position, recorded_at, root)


def read_head(db: Session, book_id: str) -> Head:
    """Read the end of a book."""
    row = db.execute(select(_HEADS).where(_HEADS.c.book_id == book_id)).one()
    return Head(row.book_id, row.size, row.root, row.recorded_at)


def lock_head(db: Session, book_id: str) -> Head:
    """Take the head of a book, so that nothing is posted to it until the commit."""
    row = db.execute(_LOCK_HEAD, {"book_id": book_id}).one()
    return Head(row.book_id, row.size, row.root, row.recorded_at)


def read(
    db: Session,
    book_id: str,
    *,
    after: int = 0,
    until: int | None = None,
    subject: str | None = None,
    tags: Collection[Tag] = (),
) -> Iterator[Event]:
    """Read events of a book in order, positions in (after, until]; some tags or all."""
    query = select(Event).where(Event.book_id == book_id, Event.position > after)
    if until is not None:
        query = query.where(Event.position <= until)
    if subject is not None:
        query = query.where(Event.subject == subject)
    if tags:
        query = query.where(Event.tag.in_(tags))
    query = query.order_by(Event.position).execution_options(yield_per=500)
    # Closed also when the reader stops early: on PostgreSQL it holds a cursor.
    with db.scalars(query) as events:
        yield from events


def find(db: Session, book_id: str, event_id: str) -> Event | None:
    """Give the event of a book that has this id; None for one of another book too."""
    query = select(Event).where(Event.book_id == book_id, Event.id == event_id)
    return db.scalars(query).one_or_none()


def root_at(db: Session, book_id: str, position: int) -> bytes:
    """Give the root of the tree after the event at a position (0: the empty tree)."""
    if position == 0:
        return tree.EMPTY_ROOT
    query = select(Event.root).where(
        Event.book_id == book_id, Event.position == position
    )
    return db.scalars(query).one()


def _content(
    event: AuditEvent,
    event_id: str,
    position: int,
    recorded_at: datetime,
    legs: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "book": event.book_id,
        "position": position,
        "id": event_id,
        "tag": event.tag.value,
        "subject": event.subject,
        "occurred_at": format_instant(event.occurred_at),
        "recorded_at": format_instant(recorded_at),
        "actor": _author(event),
        "witness": signature(event.witness, event.book_id),
        "second_witness": signature(event.second_witness, event.book_id),
        "data": event.data,
        "texts": {name: text.hash for name, text in event.texts.items()},
        "legs": list(legs),
    }


def signature(proof: Proof | None, book_id: str) -> dict[str, Any] | None:
    """Write a second person's signature as it stands in the bytes (21 CFR 11.50)."""
    if proof is None:
        return None
    return {
        **_person(proof.person, book_id),
        "meaning": proof.meaning.value,
        "digest": proof.digest,
        "factors": list(proof.factors),
        "proven_at": format_instant(proof.proven_at),
        "assertion": dict(proof.assertion) if proof.assertion else None,
    }


def _author(event: AuditEvent) -> dict[str, Any]:
    """Write who acted and how they were known, bound to exactly this entry."""
    known_by = event.actor.known_by
    return {
        **_person(event.actor, event.book_id),
        "meaning": event.meaning.value,
        "digest": canonical.digest(_signed(event)),
        "factors": list(known_by.factors),
        "source": known_by.source,
        "terminal": known_by.terminal,
        "emergency": event.actor.emergencies.get(event.book_id),
    }


def _signed(event: AuditEvent) -> dict[str, Any]:
    """Give what the author's signature is over: all but where the entry stands."""
    return {
        "book": event.book_id,
        "tag": event.tag.value,
        "subject": event.subject,
        "occurred_at": format_instant(event.occurred_at),
        "by": event.actor.id,
        "data": event.data,
        "texts": {name: text.hash for name, text in event.texts.items()},
    }


def _person(person: Actor, book_id: str) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "initials": person.initials,
        "roles": sorted(person.roles.get(book_id, ())),
    }
