"""Entries that a witness should hold by now and does not: the alarm.

What no witness holds can still be rewritten by whoever has the database, so a witness
that stays behind is said aloud.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.evidence.witnesses.receipts import last_receipts
from inventory.evidence.witnesses.witness import Witness
from inventory.journal import book
from inventory.kernel.clock import Clock, format_instant
from inventory.models.sites import Registration

ALARM_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What one witness lacks of one book.

    Attributes:
        book_id: the book.
        witness: name of the witness.
        held_size: number of entries it holds.
        size: number of entries in the book.
        oldest_at: when the first entry it lacks was recorded.
    """

    book_id: str
    witness: str
    held_size: int
    size: int
    oldest_at: datetime

    def __str__(self) -> str:
        return (
            f"The witness {self.witness} lacks {self.size - self.held_size} entries of "
            f"the book {self.book_id}, the oldest of {format_instant(self.oldest_at)}"
        )


def overdue(
    db: Session, witnesses: Sequence[Witness], *, clock: Clock
) -> list[Backlog]:
    """Find every witness that lacks entries older than 15 minutes.

    A witness that is given a checkpoint now and then only (`Witness.interval`) is late
    when this time has passed on top of it.
    """
    found = []
    for book_id in db.scalars(select(Registration.id).order_by(Registration.id)).all():
        receipts = last_receipts(db, book_id)
        for witness in witnesses:
            last = receipts.get(witness.name)
            lacking = _lacking(db, book_id, witness, last.size if last else 0)
            patience = ALARM_AFTER + witness.interval
            if lacking and clock.now() - lacking.oldest_at > patience:
                found.append(lacking)
    return found


def _lacking(
    db: Session, book_id: str, witness: Witness, held_size: int
) -> Backlog | None:
    for oldest in book.read(db, book_id, after=held_size, until=held_size + 1):
        return Backlog(
            book_id=book_id,
            witness=witness.name,
            held_size=held_size,
            size=book.read_head(db, book_id).size,
            oldest_at=oldest.recorded_at,
        )
    return None
