"""Rows as text for people and as JSON for programs. Only formatting."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tests.bench.benchmark import Row
from tests.bench.measure import Figures, Spread

_TITLES: Final = (
    "name",
    "ours : baseline",
    "median",
    "spread",
    "baseline",
    "ratio",
    "target",
    "verdict",
)
_WIDTHS: Final = (12, 58, 14, 12, 14, 18, 8, 7)


def heading() -> str:
    """Give the line above the rows."""
    return _line(_TITLES)


def row_text(row: Row) -> str:
    """Give one row; a failure takes the place of the figures."""
    benchmark = row.benchmark
    what = f"{benchmark.ours} : {benchmark.baseline}"
    if row.figures is None:
        return f"{_line((benchmark.name, what))}  {row.verdict}: {row.failure}"
    figures = _figure_cells(row.figures, benchmark.unit)
    return _line((benchmark.name, what, *figures, str(benchmark.target), row.verdict))


def document(rows: Iterable[Row], facts: dict[str, Any]) -> dict[str, Any]:
    """Give everything that was measured, and where."""
    return {"machine": facts, "rows": [_row_document(row) for row in rows]}


def _figure_cells(figures: Figures, unit: str) -> Sequence[str]:
    ours, baseline = Spread.of(figures.ours), Spread.of(figures.baseline)
    ratio = figures.ratio()
    return (
        f"{_short(ours.median)} {unit}",
        f"{_short(ours.low)}..{_short(ours.high)}",
        f"{_short(baseline.median)} {unit}",
        f"{ratio.median:.2f} ({ratio.low:.2f}..{ratio.high:.2f})",
    )


def _row_document(row: Row) -> dict[str, Any]:
    benchmark = row.benchmark
    answer: dict[str, Any] = {
        "name": benchmark.name,
        "ours": benchmark.ours,
        "baseline": benchmark.baseline,
        "unit": benchmark.unit,
        "target": str(benchmark.target),
        "verdict": row.verdict.value,
    }
    if row.figures is None:
        return answer | {"failure": row.failure}
    ratio = row.figures.ratio()
    return answer | {
        "ratio": {"low": ratio.low, "median": ratio.median, "high": ratio.high},
        "rounds": {"ours": row.figures.ours, "baseline": row.figures.baseline},
    }


def _short(figure: float) -> str:
    return f"{figure:.3g}" if figure < 100 else f"{figure:.0f}"


def _line(cells: Sequence[str]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False))
    return "  ".join(padded).rstrip()
