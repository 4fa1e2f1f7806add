"""The rows that `./run faults` prints. Only formatting."""

from collections.abc import Iterable
from typing import Final

from tests.faults.trial import Outcome, Trial

_COLUMNS: Final = ("faults", "acks", "unknown", "lost", "duplicated", "unasked")
_WIDTHS: Final = (10, 36, 7, 7, 8, 6, 11, 8, 7)


def heading() -> str:
    """Give the line above the rows."""
    return _line(("trial", "what is done", *_COLUMNS, "verdict"))


def row_text(trial: Trial, outcome: Outcome, why: str) -> str:
    """Give one row; `why` says why the trial failed, if it did."""
    figures = [f"{getattr(outcome, column):,}" for column in _COLUMNS]
    verdict = f"FAILED: {why}" if why else trial.verdict
    return _line((trial.name, trial.done, *figures, verdict))


def _line(cells: Iterable[str]) -> str:
    return " ".join(
        f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)
    ).rstrip()
