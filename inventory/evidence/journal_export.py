"""A journal as a file: the exact bytes that were hashed, one entry a line.

The first line says which book and which entries, and brings the checkpoint of the last
one. Each further line is an entry, byte for byte, or, after the entry it belongs to, a
free text with its salt. Canonical JSON has no line breaks of its own, so nothing has to
be wrapped: the SHA-256 of 0x00 and a line is a leaf of the tree.
"""

from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.evidence import checkpoints
from inventory.evidence.replay.tables import table
from inventory.journal import book, tree
from inventory.journal.verifier import JOURNAL
from inventory.kernel.errors import ErrorCode, InventoryError


def positions_between(
    db: Session, book_id: str, start: datetime, end: datetime
) -> tuple[int, int]:
    """Give the entries recorded in [start, end), as positions in (after, until]."""
    positions = range(1, book.read_head(db, book_id).size + 1)

    def recorded_at(position: int) -> datetime:
        instant: datetime = _event(db, book_id, position).recorded_at
        return instant

    # Times never go back along a book, so the ends are found by halving.
    after = bisect_left(positions, start, key=recorded_at)
    return after, bisect_left(positions, end, key=recorded_at)


def export_journal(
    db: Session, book_id: str, *, after: int = 0, until: int, texts: bool = True
) -> Iterator[bytes]:
    """Write the entries of a book in (after, until] as lines.

    Args:
        db: a consistent view of the books.
        book_id: whose book.
        after: the last entry that is left out.
        until: the last entry that is taken in; the file can be verified if there is a
            checkpoint of exactly this size.
        texts: bring the free texts, with their salts.

    Raises:
        InventoryError: INVALID_FIELD when there are no such entries.
    """
    size = book.read_head(db, book_id).size
    if not 0 <= after < until <= size:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"There are no entries to write: the book has {size}. "
            "Choose another period.",
            field="period",
        )
    header: dict[str, Any] = {
        "after": after,
        "book": book_id,
        "checkpoints": _notes(db, book_id, until),
        "format": JOURNAL,
        "frontier": [_base64(each) for each in _frontier(db, book_id, after)],
        "until": until,
        "whole": after == 0 and until == size,
    }
    yield rfc8785.dumps(header) + b"\n"
    for event in book.read(db, book_id, after=after, until=until):
        yield event.body + b"\n"
        if texts:
            yield from _texts(db, book_id, event.position)


def _event(db: Session, book_id: str, position: int) -> Any:
    """Give the row of one event."""
    [event] = book.read(db, book_id, after=position - 1, until=position)
    return event


def _notes(db: Session, book_id: str, until: int) -> list[str]:
    signed = checkpoints.first_covering(db, book_id, until)
    if signed is None or signed.size != until:
        return []
    return [checkpoints.cosigned_note(db, signed)]


def _frontier(db: Session, book_id: str, size: int) -> list[bytes]:
    """Give the perfect subtrees of the first entries, largest first."""
    nodes = []
    for level, index in tree.perfect_subtrees(range(size)):
        event = _event(db, book_id, (index + 1) << level)
        nodes.append([event.leaf_hash, *tree.unpack(event.subtrees)][level])
    return nodes


def _texts(db: Session, book_id: str, position: int) -> Iterator[bytes]:
    rows = table("event_texts")
    query = (
        select(rows)
        .where(
            rows.c.book_id == book_id,
            rows.c.position == position,
            rows.c.text.is_not(None),
        )
        .order_by(rows.c.name)
    )
    for row in db.execute(query):
        line: dict[str, Any] = {
            "name": row.name,
            "position": position,
            "salt": _base64(row.salt),
            "text": row.text,
        }
        yield rfc8785.dumps(line) + b"\n"


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
