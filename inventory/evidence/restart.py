"""May this service write? Only if its books go on from what the witnesses hold.

Books that were put back to an older state, or changed, look whole from inside. So
before the first entry after a start each witness is asked what it holds, and the books
must have at least that many events and the same root there (invariant I39, threat T18).
Until then everything can be read and nothing is recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.db import Database
from inventory.evidence.keys import LogKeys, origin
from inventory.evidence.witnesses.receipts import last_receipts
from inventory.evidence.witnesses.witness import (
    AskableWitness,
    Trouble,
    Witness,
    WitnessError,
)
from inventory.journal import book
from inventory.journal.book import Head
from inventory.journal.notes import Checkpoint, Verifier
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.sites import Registration

# A witness that could not be asked is asked again after this time, not at each request.
ASK_AGAIN_AFTER: Final = timedelta(seconds=30)


class Standing(StrEnum):
    """How a book stands to what one witness holds of it.

    Of all witnesses the one decides whose answer stands first here: a contradiction is
    proof of another history; one agreement is enough while others are silent, so that a
    clinic without internet goes on with the witness it has in the house.
    """

    ROOT_DIFFERS = "root_differs"
    BEHIND_WITNESS = "behind_witness"
    AGREES = "agrees"
    WITNESS_FORGOT = "witness_forgot"
    WITNESS_UNTRUSTED = "witness_untrusted"
    WITNESS_SILENT = "witness_silent"
    UNKNOWN_THERE = "unknown_there"


_PRECEDENCE: Final = list(Standing)
_SENTENCES: Final = {
    Standing.ROOT_DIFFERS: "holds another root for {held} entries than the books have",
    Standing.BEHIND_WITNESS: "holds {held} entries and the books have only {size}",
    Standing.WITNESS_FORGOT: "held this book before and knows nothing of it now",
    Standing.WITNESS_UNTRUSTED: "gave something that is not signed as it must be",
    Standing.WITNESS_SILENT: "does not answer, and no other confirms the books",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one witness says about one book.

    Attributes:
        book_id: the book.
        witness: name of the witness.
        standing: how the book stands to it.
        size: entries in the book.
        held_size: entries the witness holds; None: it holds none or did not say.
    """

    book_id: str
    witness: str
    standing: Standing
    size: int
    held_size: int | None = None

    def __str__(self) -> str:
        says = _SENTENCES[self.standing].format(held=self.held_size, size=self.size)
        return f"The witness {self.witness} {says} (book {self.book_id})"


def ask_witnesses(
    database: Database, book_id: str, *, witnesses: Sequence[Witness], keys: LogKeys
) -> list[Finding]:
    """Ask every witness that can be asked about one book.

    They are asked before the books are read: the other way round, what is recorded in
    the meantime would make the books look older than what the witnesses hold.
    """
    log_keys = keys.verifiers(book_id)
    recalled = {
        witness.name: _recall(witness, origin(book_id), log_keys)
        for witness in witnesses
        if isinstance(witness, AskableWitness)
    }
    with database.reading() as db:
        head, receipts = book.read_head(db, book_id), last_receipts(db, book_id)
        return [
            Finding(
                book_id=book_id,
                witness=name,
                standing=_standing(db, head, answer, took=name in receipts),
                size=head.size,
                held_size=answer.size if isinstance(answer, Checkpoint) else None,
            )
            for name, answer in recalled.items()
        ]


def objection(findings: Sequence[Finding]) -> Finding | None:
    """Decide over one book: None if it may be written to.

    So it is where nothing says that a witness has ever held it: a new book, a witness
    named only now.
    """
    if not findings:
        return None
    first = min(findings, key=lambda each: _PRECEDENCE.index(each.standing))
    return first if first.standing in _SENTENCES else None


def _recall(
    witness: AskableWitness, name: str, log_keys: Collection[Verifier]
) -> Checkpoint | Trouble | None:
    try:
        return witness.recall(name, log_keys)
    except WitnessError as error:
        return error.trouble


def _standing(
    db: Session, head: Head, answer: Checkpoint | Trouble | None, *, took: bool
) -> Standing:
    if answer is Trouble.UNTRUSTED:
        return Standing.WITNESS_UNTRUSTED
    if answer is None or isinstance(answer, Trouble):
        if not took:
            return Standing.UNKNOWN_THERE
        return Standing.WITNESS_FORGOT if answer is None else Standing.WITNESS_SILENT
    if answer.size > head.size:
        return Standing.BEHIND_WITNESS
    agrees = book.root_at(db, head.book_id, answer.size) == answer.root
    return Standing.AGREES if agrees else Standing.ROOT_DIFFERS


class WritePermit:
    """Asked before each writing transaction (`Database.guard_writing`).

    Once the books are found to agree, it stays silent for as long as the process lives.
    """

    def __init__(
        self,
        database: Database,
        *,
        witnesses: Sequence[Witness],
        keys: LogKeys,
        clock: Clock,
    ) -> None:
        self._database = database
        self._witnesses = witnesses
        self._keys = keys
        self._clock = clock
        self._one_asks = Lock()
        self._is_given = False
        self._refusal: Finding | None = None
        self._asked_at: datetime | None = None

    def __call__(self) -> None:
        """Let a transaction begin.

        Raises:
            InventoryError: READ_ONLY, with `reason` and the sizes in its data.
        """
        if self._is_given:
            return
        with self._one_asks:
            if self._may_ask_again():
                self._refusal = self._first_objection()
                self._asked_at = self._clock.now()
                self._is_given = self._refusal is None
            if self._refusal is not None:
                raise _read_only(self._refusal)

    def _may_ask_again(self) -> bool:
        return (
            self._asked_at is None
            # Either way: a clock may be put back.
            or abs(self._clock.now() - self._asked_at) >= ASK_AGAIN_AFTER
        )

    def _first_objection(self) -> Finding | None:
        with self._database.reading() as db:
            books = db.scalars(select(Registration.id).order_by(Registration.id)).all()
        for book_id in books:
            findings = ask_witnesses(
                self._database, book_id, witnesses=self._witnesses, keys=self._keys
            )
            refusal = objection(findings)
            if refusal is not None:
                return refusal
        return None


def _read_only(finding: Finding) -> InventoryError:
    return InventoryError(
        ErrorCode.READ_ONLY,
        f"{finding}. Nothing is recorded until that is settled; reading goes on. "
        "Bring this to the administrator.",
        reason=finding.standing.value,
        book_id=finding.book_id,
        witness=finding.witness,
        size=finding.size,
        held_size=finding.held_size,
    )
