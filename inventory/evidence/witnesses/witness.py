"""What a witness is: someone outside who holds our checkpoints.

Some only keep what they are handed (a directory, a mailbox); some check it and sign
(C2SP tlog-witness). Most can be asked what they hold, which is how books that were put
back to an older state are found (invariant I39).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from inventory.journal.notes import Checkpoint, Verifier

AT_ONCE: Final = timedelta(0)


class Trouble(StrEnum):
    """Every way in which a witness fails to take or to recall a checkpoint."""

    # It says nothing of use: try again later.
    SILENT = "witness_silent"
    REFUSED = "witness_refused"
    UNTRUSTED = "witness_untrusted"
    # It holds another history of the book than we do.
    AHEAD = "witness_ahead"
    CONTRADICTS = "witness_contradicts"


class WitnessError(Exception):
    """A witness did not do what it was asked.

    Attributes:
        trouble: why.
        sentence: what happened, for the administrator.
    """

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A checkpoint on its way to a witness.

    Attributes:
        checkpoint: what is claimed of the book.
        note: the same, signed by the log key.
        log_keys: present and former keys that signed for this book.
        known_size: size of the last checkpoint it is believed to hold; 0: none.
        prove: gives the consistency proof from a size up to the checkpoint's.
    """

    checkpoint: Checkpoint
    note: str
    log_keys: Collection[Verifier]
    known_size: int
    prove: Callable[[int], list[bytes]]


class Witness(ABC):
    """Takes checkpoints.

    Attributes:
        name: tells it from the others, and under which its receipts are kept.
        interval: how long it is left alone after it took one.
    """

    name: str
    interval: timedelta = AT_ONCE

    @abstractmethod
    def hold(self, submission: Submission) -> str:
        """Hand a checkpoint over.

        Returns:
            The witness's verified cosignature line, or "" from one who does not sign.

        Raises:
            WitnessError: it was not taken.
        """


class AskableWitness(Witness):
    """Takes checkpoints, and tells which is the last it took."""

    @abstractmethod
    def recall(self, origin: str, log_keys: Collection[Verifier]) -> Checkpoint | None:
        """Give the largest checkpoint it holds of a book; None: it never held one.

        Args:
            origin: of the book.
            log_keys: present and former keys that signed for it.

        Raises:
            WitnessError: SILENT or UNTRUSTED.
        """
