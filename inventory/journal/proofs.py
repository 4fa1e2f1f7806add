"""Proofs about a book, each from a few rows of its journal (RFC 6962, 2.1).

The row of an event holds the roots of the perfect subtrees that end with it. A proof
over a book of n events reads at most about 2 * log2(n) rows, by primary key and in one
statement.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import tree
from inventory.journal.written_proofs import WrittenProof
from inventory.models.journal import Event


def inclusion(db: Session, book_id: str, position: int, size: int) -> list[bytes]:
    """Prove that the event at a position (from 1) is in the tree of a size.

    Raises:
        LookupError: rows are missing; as for all proofs here.
    """
    return _hashes(db, book_id, tree.inclusion_ranges(position - 1, size))


def consistency(db: Session, book_id: str, old_size: int, size: int) -> list[bytes]:
    """Prove that the tree of a size begins with the one of an older size.

    Nothing needs to be shown of the empty tree: its proof is empty.
    """
    if old_size == 0:
        return []
    return _hashes(db, book_id, tree.consistency_ranges(old_size, size))


def tlog_proof(
    db: Session,
    book_id: str,
    position: int,
    size: int,
    *,
    checkpoint: str,
    entry: bytes | None = None,
) -> WrittenProof:
    """Write the proof of an event so that it stands alone (c2sp.org/tlog-proof).

    Args:
        db: the open transaction.
        book_id: whose book.
        position: of the event, from 1.
        size: of the tree that the checkpoint signs.
        checkpoint: the signed note, with the cosignatures there are.
        entry: the event's own bytes, if they are to go with it.
    """
    hashes = inclusion(db, book_id, position, size)
    return WrittenProof(position - 1, tuple(hashes), checkpoint, entry)


def _hashes(db: Session, book_id: str, ranges: list[range]) -> list[bytes]:
    parts = [tree.perfect_subtrees(each) for each in ranges]
    # The leaf that completes a subtree of level L and index i is at (i + 1) << L.
    positions = {(index + 1) << level for part in parts for level, index in part}
    rows = db.execute(
        select(Event.position, Event.leaf_hash, Event.subtrees).where(
            Event.book_id == book_id, Event.position.in_(positions)
        )
    )
    stored = {row.position: [row.leaf_hash, *tree.unpack(row.subtrees)] for row in rows}
    return [
        tree.root_of_frontier(
            [stored[(index + 1) << level][level] for level, index in part]
        )
        for part in parts
    ]
