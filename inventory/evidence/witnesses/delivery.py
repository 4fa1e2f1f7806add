"""Hand the last checkpoint of a book to every witness that does not hold it yet.

No lock is held while a witness makes up its mind: the books are read, the witness is
asked, and what it gave is written in a transaction of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.db import Database
from inventory.evidence import checkpoints
from inventory.evidence.checkpoints import SignedCheckpoint
from inventory.evidence.keys import LogKeys
from inventory.evidence.witnesses.receipts import (
    Receipt,
    keep_receipt,
    last_receipts,
)
from inventory.evidence.witnesses.witness import (
    Submission,
    Trouble,
    Witness,
    WitnessError,
)
from inventory.journal import proofs
from inventory.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a checkpoint at one witness.

    Attributes:
        book_id: the book.
        size: of the checkpoint.
        witness: name of the witness.
        trouble: why it was not taken; None: it was.
        sentence: the same, for the administrator.
    """

    book_id: str
    size: int
    witness: str
    trouble: Trouble | None = None
    sentence: str = ""


def deliver(
    database: Database,
    book_id: str,
    *,
    witnesses: Sequence[Witness],
    keys: LogKeys,
    clock: Clock,
) -> list[Delivery]:
    """Hand the last checkpoint over; what one witness refuses stops no other.

    Witnesses that hold it already, or took one less than their interval ago, are left
    alone.

    Raises:
        InventoryError: EVIDENCE_BROKEN; READ_ONLY when nothing may be written.
    """
    with database.reading() as db:
        signed = checkpoints.latest(db, book_id)
        receipts = last_receipts(db, book_id)
    if signed is None:
        return []
    return [
        _deliver(database, signed, witness, receipts.get(witness.name), keys, clock)
        for witness in witnesses
        if _is_due(witness, signed, receipts.get(witness.name), clock)
    ]


def _is_due(
    witness: Witness, signed: SignedCheckpoint, last: Receipt | None, clock: Clock
) -> bool:
    if last is None:
        return True
    rested = clock.now() - last.received_at >= witness.interval
    return last.size < signed.size and rested


def _deliver(
    database: Database,
    signed: SignedCheckpoint,
    witness: Witness,
    last: Receipt | None,
    keys: LogKeys,
    clock: Clock,
) -> Delivery:
    submission = Submission(
        checkpoint=signed.checkpoint,
        note=signed.note,
        log_keys=keys.verifiers(signed.book_id),
        known_size=last.size if last else 0,
        prove=lambda old_size: _prove(database, signed, old_size),
    )
    try:
        line = witness.hold(submission)
    except WitnessError as error:
        return Delivery(
            book_id=signed.book_id,
            size=signed.size,
            witness=witness.name,
            trouble=error.trouble,
            sentence=error.sentence,
        )
    with database.transaction() as db:
        keep_receipt(
            db,
            signed.book_id,
            signed.size,
            witness=witness.name,
            line=line,
            at=clock.now(),
        )
    return Delivery(book_id=signed.book_id, size=signed.size, witness=witness.name)


def _prove(database: Database, signed: SignedCheckpoint, old_size: int) -> list[bytes]:
    with database.reading() as db:
        return proofs.consistency(db, signed.book_id, old_size, signed.size)
