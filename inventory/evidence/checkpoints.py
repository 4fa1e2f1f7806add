"""Checkpoints: a book's size and root, signed, so that it can be held to them.

They are made at the head of the book and only ever forward, so that the first one that
covers an entry stays the first: what was printed with it can be printed again, byte for
byte.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.evidence.keys import LogKeys, origin
from inventory.journal import book, proofs, tree
from inventory.journal.book import Head
from inventory.journal.notes import Checkpoint, NoteError, open_note, sign, with_lines
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models import evidence as rows

# Tampering is shown back to the last checkpoint that left the house, so they are made
# often (assurance P14; every 25 records and more missed truncations, section 2).
EVENTS_MAX: Final = 10
AGE_MAX: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it is stored: its note, and when it was made."""

    book_id: str
    checkpoint: Checkpoint
    note: str
    made_at: datetime

    @property
    def size(self) -> int:
        """Number of events it covers."""
        return self.checkpoint.size


def make_due(
    db: Session, book_id: str, *, keys: LogKeys, clock: Clock
) -> SignedCheckpoint | None:
    """Make the checkpoint of a book if one is due; None if none is.

    One is due when ten events or a minute have passed since the last one and the book
    has grown.

    Raises:
        InventoryError: EVIDENCE_BROKEN.
    """
    head, last = book.read_head(db, book_id), latest(db, book_id)
    grown = head.size - (last.size if last else 0)
    aged = last is None or clock.now() - last.made_at >= AGE_MAX
    if grown >= EVENTS_MAX or (grown > 0 and aged):
        return make(db, book_id, keys=keys, clock=clock)
    return None


def cover(
    db: Session, book_id: str, position: int, *, keys: LogKeys, clock: Clock
) -> SignedCheckpoint:
    """Give the first checkpoint that covers a position, making it if there is none.

    Raises:
        InventoryError: EVIDENCE_BROKEN.
    """
    found = first_covering(db, book_id, position)
    return found or make(db, book_id, keys=keys, clock=clock)


def make(db: Session, book_id: str, *, keys: LogKeys, clock: Clock) -> SignedCheckpoint:
    """Sign the head of a book, unless it is signed already.

    The head is locked, so that two who sign at once sign in order. What was signed
    before is looked at first: a log never signs two histories
    (c2sp.org/tlog-checkpoint).

    Raises:
        InventoryError: EVIDENCE_BROKEN when the book does not go on from its last
            checkpoint.
    """
    head, last = book.lock_head(db, book_id), latest(db, book_id)
    if last is not None:
        _require_continuation(db, head, last, keys)
        if last.size == head.size:
            return last
    checkpoint = Checkpoint(origin(book_id), head.size, head.root)
    note = sign(str(checkpoint), keys.signer(book_id))
    made = SignedCheckpoint(book_id, checkpoint, note, clock.now())
    db.add(
        rows.Checkpoint(
            book_id=book_id, size=made.size, note=made.note, made_at=made.made_at
        )
    )
    db.flush()
    return made


def latest(db: Session, book_id: str) -> SignedCheckpoint | None:
    """Give the last checkpoint of a book; None before the first."""
    query = (
        select(rows.Checkpoint)
        .where(rows.Checkpoint.book_id == book_id)
        .order_by(rows.Checkpoint.size.desc())
        .limit(1)
    )
    return _stored(db.scalar(query))


def first_covering(db: Session, book_id: str, position: int) -> SignedCheckpoint | None:
    """Give the first checkpoint that covers a position; None if there is none yet."""
    query = (
        select(rows.Checkpoint)
        .where(rows.Checkpoint.book_id == book_id, rows.Checkpoint.size >= position)
        .order_by(rows.Checkpoint.size)
        .limit(1)
    )
    return _stored(db.scalar(query))


def cosigned_note(db: Session, signed: SignedCheckpoint) -> str:
    """Give the note of a checkpoint with the lines that witnesses put under it."""
    query = (
        select(rows.Cosignature.line)
        .where(
            rows.Cosignature.book_id == signed.book_id,
            rows.Cosignature.size == signed.size,
            rows.Cosignature.line != "",
        )
        .order_by(rows.Cosignature.witness_name)
    )
    return with_lines(signed.note, db.scalars(query))


def _stored(row: rows.Checkpoint | None) -> SignedCheckpoint | None:
    if row is None:
        return None
    try:
        checkpoint = Checkpoint.claimed_by(row.note)
    except NoteError as error:
        raise _broken(row.book_id, row.size) from error
    if (checkpoint.origin, checkpoint.size) != (origin(row.book_id), row.size):
        raise _broken(row.book_id, row.size)
    return SignedCheckpoint(row.book_id, checkpoint, row.note, row.made_at)


def _require_continuation(
    db: Session, head: Head, last: SignedCheckpoint, keys: LogKeys
) -> None:
    """Check what was signed by signature and by proof, each row as it is stored."""
    before, after = (last.size, last.checkpoint.root), (head.size, head.root)
    try:
        open_note(last.note, keys.verifiers(head.book_id))
        proof = (
            proofs.consistency(db, head.book_id, last.size, head.size)
            if last.size <= head.size
            else []
        )
    except (NoteError, LookupError) as error:
        raise _broken(head.book_id, last.size) from error
    if not tree.is_consistent(before, after, proof):
        raise _broken(head.book_id, last.size)


def _broken(book_id: str, size: int) -> InventoryError:
    return InventoryError(
        ErrorCode.EVIDENCE_BROKEN,
        f"The books do not go on from the checkpoint that was signed over their first "
        f"{size} entries. Nothing more is signed. Bring this to the administrator, who "
        "runs: countersign verify",
        book_id=book_id,
        size=size,
    )
