"""A trial: faults, what came of them, and what should have."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.faults.arena import Arena
from tests.faults.oracle import Found
from tests.faults.program import Tally

_DETAILS_MAX: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done.

    Attributes:
        kills: random kills, with as many acknowledgements as there are `acks`.
        acks: acknowledgements over all kills.
        crashes: crashes of the server that does not sync.
        losses: answers to be lost by the proxy.
        kinds: with how many kinds of fault each statement is struck.
    """

    kills: int
    acks: int
    crashes: int
    losses: int
    kinds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trial.

    Attributes:
        faults: how many there were.
        acks: entries that were acknowledged.
        unknown: how often a program was left without an answer.
        lost: acknowledged entries that are not in the books.
        duplicated: entries that are in the books more than once.
        unasked: entries in the books that nobody was told about.
        broken: the invariant that does not hold, or the promise that was broken.
        refused: an entry that was refused and should not have been.
    """

    faults: int
    acks: int = 0
    unknown: int = 0
    lost: int = 0
    duplicated: int = 0
    unasked: int = 0
    broken: str = ""
    refused: str = ""

    @property
    def clean(self) -> bool:
        """Whether everything acknowledged is there, once, and nothing else."""
        wrong = self.lost or self.duplicated or self.unasked
        return not (wrong or self.broken or self.refused)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial and its judgement.

    Attributes:
        name: short.
        done: what is done, in a few words.
        run: does it.
        fails: says why the outcome is not what it has to be; empty where it is.
        verdict: what it is called where it does not fail.
    """

    name: str
    done: str
    run: Callable[[Arena, Scale, Random], Outcome]
    fails: Callable[[Outcome, Scale], str]
    verdict: str


def outcome_of(tally: Tally, found: Found, *, faults: int) -> Outcome:
    """Put together what the programs were told and what the books hold."""
    return Outcome(
        faults=faults,
        acks=len(tally.acks),
        unknown=tally.unknown,
        lost=found.lost,
        duplicated=found.duplicated,
        unasked=found.unasked,
        broken=found.broken[:_DETAILS_MAX],
        refused="".join(tally.refused[:1])[:_DETAILS_MAX],
    )
