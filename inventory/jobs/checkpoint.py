"""The checkpoints that are due, signed and handed to the witnesses, book by book."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from inventory.db import Database
from inventory.evidence import checkpoints
from inventory.evidence.checkpoints import SignedCheckpoint
from inventory.evidence.keys import LogKeys
from inventory.evidence.witnesses.delivery import Delivery, deliver
from inventory.evidence.witnesses.witness import Witness
from inventory.kernel.clock import Clock
from inventory.kernel.errors import InventoryError
from inventory.models.sites import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRun:
    """What became of one book.

    Attributes:
        registration_id: whose book.
        made: the new checkpoint; None when none was due.
        deliveries: what became of it, or of the one before, at each witness.
        refusal: why the book could not be signed or handed out.
    """

    registration_id: str
    made: SignedCheckpoint | None = None
    deliveries: tuple[Delivery, ...] = ()
    refusal: str = ""

    @property
    def is_alarming(self) -> bool:
        """Whether somebody has to look into it."""
        return bool(self.refusal or any(each.trouble for each in self.deliveries))

    def __str__(self) -> str:
        told = [f"checkpoint at {self.made.size}"] if self.made else []
        told += [
            f"{each.witness}: {each.sentence or f'holds {each.size}'}"
            for each in self.deliveries
        ]
        told += [self.refusal] if self.refusal else []
        return f"{self.registration_id}: {'; '.join(told) or 'nothing is due'}"


def run_checkpoints(
    database: Database,
    clock: Clock,
    *,
    keys: LogKeys,
    witnesses: Sequence[Witness] = (),
) -> list[CheckpointRun]:
    """Sign every book that is due, and hand what is signed to whoever lacks it.

    Each book has its own transaction: what one refuses does not stop the others, and is
    told at every run.
    """
    with database.reading() as db:
        books = db.scalars(select(Registration.id).order_by(Registration.id)).all()
    return [_run(database, clock, keys, witnesses, book_id) for book_id in books]


def _run(
    database: Database,
    clock: Clock,
    keys: LogKeys,
    witnesses: Sequence[Witness],
    book_id: str,
) -> CheckpointRun:
    try:
        with database.transaction() as db:
            made = checkpoints.make_due(db, book_id, keys=keys, clock=clock)
        deliveries = deliver(
            database, book_id, witnesses=witnesses, keys=keys, clock=clock
        )
    except InventoryError as refusal:
        return CheckpointRun(registration_id=book_id, refusal=refusal.message)
    return CheckpointRun(
        registration_id=book_id, made=made, deliveries=tuple(deliveries)
    )
