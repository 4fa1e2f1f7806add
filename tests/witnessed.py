"""Books that are witnessed: entries, a key, checkpoints and where they went."""

from dataclasses import dataclass, field
from pathlib import Path

from inventory.evidence import checkpoints
from inventory.evidence.keys import LogKeys, origin
from inventory.evidence.witnesses.delivery import Delivery, deliver
from inventory.evidence.witnesses.witness import Witness
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.notes import Checkpoint, sign
from tests.clinic import Clinic
from tests.logs import key_of


@dataclass(frozen=True)
class Witnessed:
    """The books of a clinic and their log key."""

    clinic: Clinic
    keys: LogKeys = field(default_factory=lambda: LogKeys(key_of("log")))

    def record(self, entries: int = 1) -> None:
        """Record that so many things happened."""
        clinic = self.clinic
        for _ in range(entries):
            event = AuditEvent(
                book_id=clinic.registration_id,
                tag=Tag.LOCATION_ADDED,
                subject=clinic.vault,
                actor=clinic.administrator,
                occurred_at=clinic.clock.now(),
            )
            with clinic.database.transaction() as db:
                book.append(db, event, clock=clinic.clock)

    def sign(self) -> Checkpoint:
        """Make the checkpoint of the head."""
        clinic = self.clinic
        with clinic.database.transaction() as db:
            made = checkpoints.make(
                db, clinic.registration_id, keys=self.keys, clock=clinic.clock
            )
        return made.checkpoint

    def deliver(self, *witnesses: Witness) -> list[Delivery]:
        """Hand the last checkpoint to witnesses."""
        clinic = self.clinic
        return deliver(
            clinic.database,
            clinic.registration_id,
            witnesses=witnesses,
            keys=self.keys,
            clock=clinic.clock,
        )

    def plant(self, folder: Path, size: int, root: bytes) -> Checkpoint:
        """Put a checkpoint into a directory that the books themselves may lack."""
        book_id = self.clinic.registration_id
        checkpoint = Checkpoint(origin(book_id), size, root)
        path = folder / checkpoint.origin / f"{size:019}.checkpoint"
        path.parent.mkdir(parents=True, exist_ok=True)
        note = sign(str(checkpoint), self.keys.signer(book_id))
        path.write_text(note, encoding="utf-8")
        return checkpoint
