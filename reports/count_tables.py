"""The counts a reconciliation rests on, what varies in them, and the open cases."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from inventory.reconciliation.figures import (
    CountFigures,
    CountLineFigures,
    DiscrepancyFigures,
    SignatureFigures,
)
from reports.blocks import Lines, section
from reports.figures import spans
from reports.findings import measures, signed
from reports.masthead import Period
from reports.reconciliation_verdict import varying_lines, where
from reports.tables import Align, Column, Row, Table, Tone


def open_discrepancies(
    cases: Sequence[DiscrepancyFigures], period: Period
) -> Iterator[Flowable]:
    """Print the cases that were open when the books were known so far."""
    yield from section("Open discrepancies")
    if not cases:
        yield Lines("None is open.")
        return
    yield Table(
        [
            Column("Number", 46),
            Column("Discovered", 78),
            Column("Product", 60, stretch=1),
            Column("Lot, container, place", 110),
            Column("Variance", 130),
        ],
        (_discrepancy_row(case, period) for case in cases),
    )


def _discrepancy_row(case: DiscrepancyFigures, period: Period) -> Row:
    return Row(
        (
            case.label,
            period.local(case.discovered_at),
            case.product_name,
            where(case, case.place),
            signed(case.variance, case.strength),
        ),
        Tone.ALARM,
    )


def counts_used(counts: Sequence[CountFigures], period: Period) -> Iterator[Flowable]:
    """Print who counted each place, and who proved to have seen it."""
    yield from section("Counts used", "Of each place the latest in the period.")
    if not counts:
        yield Lines("No count was committed in this period.")
        return
    yield Table(
        [
            Column("Book position", 44, Align.FIGURE),
            Column("Kind", 44),
            Column("Place", 50, stretch=1),
            Column("Counted at", 78),
            Column("Counted by", 92),
            Column("Witnessed by", 92),
            Column("Proved by", 56),
        ],
        (_count_row(count, period) for count in counts),
    )


def _count_row(count: CountFigures, period: Period) -> Row:
    witness = count.witnessed_by
    return Row(
        (
            str(count.position),
            count.kind,
            count.place,
            period.local(count.committed_at),
            _name(count.counted_by),
            _name(witness) if witness else "nobody",
            ", ".join(witness.factors) if witness else "",
        )
    )


def _name(person: SignatureFigures) -> str:
    """Write a name with the initials that stand for it in other records (AC-20)."""
    return f"{person.name} ({person.initials})"


def varying(counts: Sequence[CountFigures]) -> Iterator[Flowable]:
    """Print the lines of the counts that differ from the books; often none."""
    rows = [_varying_row(count, line) for count, line in varying_lines(counts)]
    if not rows:
        return
    yield from section("Lines of these counts that vary")
    yield Table(
        [
            Column("Product", 60, stretch=1),
            Column("Lot, container, place", 96),
            Column("Expected", 70),
            Column("Counted", 70),
            Column("Variance", 78),
            Column("Counted by", 36),
            Column("Numbers not found", 44),
        ],
        rows,
    )


def _varying_row(count: CountFigures, line: CountLineFigures) -> Row:
    return Row(
        (
            line.product_name,
            where(line, count.place),
            measures(line.expected, line.strength),
            measures(line.counted, line.strength),
            signed(line.variance, line.strength),
            line.method,
            spans(line.missing_numbers),
        ),
        Tone.ALARM,
    )
