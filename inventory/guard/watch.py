"""The watch over the schema: what changed since it was last looked at, into every book.

The last look is the last event of the watch in the book itself, so that it survives a
restart, and whoever wants to hide a change has to forge the journal as well.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from inventory import schema
from inventory.db import Database
from inventory.guard import fingerprint
from inventory.guard.manifest import released
from inventory.guard.pieces import Changes, Digests, changes, differences, digests
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor
from inventory.kernel.clock import Clock
from inventory.kernel.errors import InventoryError
from inventory.models.sites import Registration

SUBJECT: Final = "schema"
# Nobody signed in: the software itself saw it.
WATCHER: Final = Actor(id="schema_watch", name="Watch over the schema", initials="-")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found.

    Attributes:
        since: what changed since the last look, also if it was changed back.
        from_release: what is not as the release says.
        noted: the events that were appended, one for each book that did not know.
        not_noted: the books that would not take the event.
    """

    since: Changes
    from_release: Changes
    noted: tuple[Appended, ...]
    not_noted: tuple[str, ...]

    @property
    def is_alarming(self) -> bool:
        """Whether somebody has to look into it."""
        return bool(self.since or self.from_release or self.not_noted)


def watch(database: Database, clock: Clock) -> Look:
    """Look at the schema once; note in every book what changed since the last look.

    Meant for every minute. The first look at a book notes what it stands on. The alarm
    is logged before anything is written, in case the books take no more entries.
    """
    pieces = fingerprint.take(database)
    now = digests(pieces)
    from_release = differences(released(database.engine.dialect.name), pieces)
    behind = dict(_books_behind(database, now))
    since = {name: how for each in behind.values() for name, how in each.items()}
    if since or from_release:
        _log.error("schema_changed", since=since, from_release=dict(from_release))
    found = {
        "revision": schema.current_revision(_reading(database)),
        "from_release": dict(from_release),
        "pieces": now,
    }
    noted, not_noted = [], []
    for book_id in behind:
        try:
            noted += _note(database, book_id, found, clock)
        except (SQLAlchemyError, InventoryError) as error:
            # Whoever can keep the event out of the book does not silence the alarm.
            _log.error("schema_change_not_noted", book_id=book_id, exc_info=error)
            not_noted.append(book_id)
    return Look(
        since=since,
        from_release=from_release,
        noted=tuple(noted),
        not_noted=tuple(not_noted),
    )


def _reading(database: Database) -> Engine:
    return database.engine.execution_options(countersign_reading=True)


def _books_behind(database: Database, now: Digests) -> Iterator[tuple[str, Changes]]:
    """Find the books whose last look was another, and what changed since."""
    with database.reading() as db:
        for book_id in db.scalars(select(Registration.id).order_by(Registration.id)):
            was = _last_look(db, book_id)
            if was != now:
                yield book_id, _since(was, now)


def _note(
    database: Database, book_id: str, found: Mapping[str, Any], clock: Clock
) -> list[Appended]:
    with database.transaction() as db:
        book.lock_head(db, book_id)
        was = _last_look(db, book_id)
        if was == found["pieces"]:
            return []  # another watch was faster
        event = AuditEvent(
            book_id=book_id,
            tag=Tag.SCHEMA_NOTED if was is None else Tag.SCHEMA_CHANGED,
            subject=SUBJECT,
            actor=WATCHER,
            occurred_at=clock.now(),
            data={**found, "changes": _since(was, found["pieces"])},
        )
        return [book.append(db, event, clock=clock)]


def _since(was: Digests | None, now: Digests) -> Changes:
    return {} if was is None else changes(was, now)


def _last_look(db: Session, book_id: str) -> Digests | None:
    last = None
    for event in book.read(db, book_id, subject=SUBJECT):
        last = event.body
    if last is None:
        return None
    looked: Digests = json.loads(last)["data"]["pieces"]
    return looked
