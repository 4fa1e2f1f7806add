"""A benchmark, and the row it becomes: figures with a verdict, or a failure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.bench.databases import Databases
from tests.bench.measure import Figures, Scale, Target


class Verdict(StrEnum):
    """How a benchmark ended."""

    MET = "met"
    MISSED = "missed"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """Something worth measuring.

    Attributes:
        name: as on the command line and in `docs/reference/performance.md`.
        ours: what is measured.
        baseline: what it is compared with in the same run.
        unit: of the figures of both sides.
        target: what the ratio has to be.
        measure: does it; whatever it raises is shown as its failure.
    """

    name: str
    ours: str
    baseline: str
    unit: str
    target: Target
    measure: Callable[[Databases, Scale], Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a benchmark: exactly one of figures and failure."""

    benchmark: Benchmark
    figures: Figures | None = None
    failure: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Judge the median of the ratios; without figures there is nothing to judge."""
        if self.figures is None:
            return Verdict.FAILED
        met = self.benchmark.target.met(self.figures.ratio().median)
        return Verdict.MET if met else Verdict.MISSED
