"""Proof of an entry, for whoever asks: made from what is signed, or signed for it."""

from dataclasses import dataclass

from inventory.db import Database
from inventory.evidence import checkpoints
from inventory.evidence.checkpoints import SignedCheckpoint
from inventory.evidence.keys import LogKeys
from inventory.journal import book, proofs
from inventory.journal.written_proofs import WrittenProof
from inventory.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves entries of the books; signs what nobody has signed yet.

    It opens transactions of its own, so that the reader who asks keeps its view.
    """

    database: Database
    keys: LogKeys
    clock: Clock

    def checkpoint(self, book_id: str, position: int) -> SignedCheckpoint:
        """Give the first checkpoint that covers a position; it stays the first.

        Raises:
            InventoryError: EVIDENCE_BROKEN; BUSY or READ_ONLY when it must be made and
                cannot be.
        """
        with self.database.reading() as db:
            found = checkpoints.first_covering(db, book_id, position)
        if found is not None:
            return found
        with self.database.transaction() as db:
            return checkpoints.cover(
                db, book_id, position, keys=self.keys, clock=self.clock
            )

    def prove(
        self, book_id: str, position: int, *, cosigned: bool = False
    ) -> WrittenProof:
        """Prove an entry by its first checkpoint; the entry's bytes go with the proof.

        Args:
            book_id: whose book.
            position: of the entry, from 1.
            cosigned: with the signatures of witnesses so far. Without them the proof
                is the same at all times.

        Raises:
            InventoryError: as `checkpoint`.
        """
        signed = self.checkpoint(book_id, position)
        with self.database.reading() as db:
            [event] = book.read(db, book_id, after=position - 1, until=position)
            note = checkpoints.cosigned_note(db, signed) if cosigned else signed.note
            return proofs.tlog_proof(
                db,
                book_id,
                position,
                signed.size,
                checkpoint=note,
                entry=event.body,
            )
