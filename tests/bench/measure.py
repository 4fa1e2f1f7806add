"""How a benchmark is measured: two sides in turn, medians, spreads, a verdict.

Machines are noisy and differ, so no figure stands alone: our side and its baseline do
the same work alternately, and what counts is the median of the ratios of the rounds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final, Protocol

MIN_ROUNDS: Final = 7


class LostWorkError(Exception):
    """A side did not do what it was timed for: the benchmark is void."""


class Duel(Protocol):
    """The same work done in two ways."""

    def prepare(self) -> None:
        """Make ready what a round needs; not timed."""
        ...

    def ours(self) -> None:
        """Do the work as the service does it."""
        ...

    def baseline(self) -> None:
        """Do the same work with as little as possible between it and the machine."""
        ...

    def check(self) -> None:
        """Compare what was kept with what was asked for, on both sides.

        Raises:
            LostWorkError: something is missing or too much.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How long to measure: rounds that count, and posts of one side in each."""

    rounds: int
    posts: int

    def __post_init__(self) -> None:
        assert self.rounds >= MIN_ROUNDS, "too few rounds for a median"


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, with the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, figures: list[float]) -> "Spread":
        """Summarise figures; a single one spreads nowhere."""
        if len(figures) == 1:
            return cls(figures[0], figures[0], figures[0])
        low, _, high = quantiles(figures, n=4, method="inclusive")
        return cls(low, median(figures), high)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: per round one figure of our side and one of the baseline."""

    ours: list[float]
    baseline: list[float]

    def ratio(self) -> Spread:
        """Give ours to baseline, round by round: noise that hits both cancels out."""
        pairs = zip(self.ours, self.baseline, strict=True)
        return Spread.of([ours / baseline for ours, baseline in pairs])


@dataclass(frozen=True, slots=True)
class Target:
    """What the ratio has to be."""

    limit: float
    at_most: bool = False

    def met(self, ratio: float) -> bool:
        """Tell whether a ratio is good enough."""
        return ratio <= self.limit if self.at_most else ratio >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.limit:.2f}"


def seconds(
    duel: Duel, scale: Scale, *, timer: Callable[[], float] = time.perf_counter
) -> Figures:
    """Measure both sides in turn, after one round of warm-up, checking each round.

    Raises:
        LostWorkError: a side did not do its work.
    """
    figures = Figures([], [])
    for number in range(1 + scale.rounds):
        duel.prepare()
        ours = _timed(duel.ours, timer)
        baseline = _timed(duel.baseline, timer)
        duel.check()
        if number:
            figures.ours.append(ours)
            figures.baseline.append(baseline)
    return figures


def posts_per_second(
    duel: Duel, scale: Scale, *, timer: Callable[[], float] = time.perf_counter
) -> Figures:
    """Measure as `seconds` does; give the rate at which each side posted."""
    taken = seconds(duel, scale, timer=timer)
    return Figures(
        [scale.posts / each for each in taken.ours],
        [scale.posts / each for each in taken.baseline],
    )


def require_same(what: str, found: object, expected: object) -> None:
    """Demand that a side kept exactly what was asked of it.

    Raises:
        LostWorkError: it did not.
    """
    if found != expected:
        raise LostWorkError(f"{what}: {found}, expected {expected}")


def _timed(work: Callable[[], None], timer: Callable[[], float]) -> float:
    started = timer()
    work()
    return timer() - started
