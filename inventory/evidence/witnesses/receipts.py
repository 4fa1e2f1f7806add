"""Which witness took which checkpoint, and when: rows beside the checkpoints."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.models.evidence import Cosignature


@dataclass(frozen=True, slots=True)
class Receipt:
    """The last checkpoint of a book that a witness took."""

    size: int
    received_at: datetime


def last_receipts(db: Session, book_id: str) -> dict[str, Receipt]:
    """Give the last receipt of each witness of a book, by the witness's name."""
    query = (
        select(
            Cosignature.witness_name,
            func.max(Cosignature.size),
            func.max(Cosignature.received_at),
        )
        .where(Cosignature.book_id == book_id)
        .group_by(Cosignature.witness_name)
    )
    return {name: Receipt(size, at) for name, size, at in db.execute(query)}


def keep_receipt(
    db: Session, book_id: str, size: int, *, witness: str, line: str, at: datetime
) -> None:
    """Keep a receipt, unless another runner has kept it in the meantime.

    Args:
        db: the open transaction.
        book_id: whose checkpoint.
        size: of the checkpoint.
        witness: its name.
        line: its cosignature; "" from one who does not sign.
        at: when it was received.
    """
    book.lock_head(db, book_id)  # two runners take turns
    if db.get(Cosignature, (book_id, size, witness)) is None:
        db.add(
            Cosignature(
                book_id=book_id,
                size=size,
                witness_name=witness,
                line=line,
                received_at=at,
            )
        )
        db.flush()
