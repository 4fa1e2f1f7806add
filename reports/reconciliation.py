"""The reconciliation report: what the books expect against what was counted.

Everything is derived from integers of micrograms. The report computes its own sums and
variances, so that no figure on the page was typed twice (regulation.md 12: the
reconciliation report; Cal. 16 CCR 1715.65).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.platypus import Flowable, KeepTogether

from inventory.kernel.quantities import Form, Strength
from reports.blocks import Finding, Lines, SignatureLines, Verdict, section
from reports.equation import equation
from reports.figures import figure_column, in_unit, mg, unit_of
from reports.layout import (
    Paper,
    Period,
    build,
    how_to_check,
    particulars,
    title_block,
)
from reports.reconciliation_data import (
    Comparison,
    DiscrepancyLine,
    ProductBooks,
    Reconciliation,
)
from reports.reconciliation_verdict import signed, verdict, where
from reports.tables import Align, Column, Row, Table, Tone

TITLE: Final = "Reconciliation report"

_TONES: Final = {
    Finding.AGREES: Tone.PLAIN,
    Finding.SHORT: Tone.ALARM,
    Finding.OVER: Tone.ALARM,
    Finding.NOT_COUNTED: Tone.SOFT,
}
_SIGNED_AS: Final = (
    "Counted by: I counted what this report states, without seeing what was expected",
    "Witnessed by: I saw the count and proved my identity to the record of it",
    "Reviewed by: I compared books and count and answer for the outcome stated above",
)


def render(data: Reconciliation, *, paper: Paper = Paper.LETTER) -> bytes:
    """Print the report as PDF; the same data gives the same bytes (P18, AC-60)."""
    return build(
        _story(data),
        title=TITLE,
        facility=data.facility,
        edition=data.edition,
        page_size=paper.value,
    )


def _story(data: Reconciliation) -> Iterator[Flowable]:
    words = verdict(data)
    facts = particulars(data.facility, data.period, data.edition)
    yield from title_block(TITLE, data.facility.name, facts)
    yield Verdict(words.finding, words.headline, words.details)
    yield from _discrepancies(data.discrepancies, data.period)
    for product in data.products:
        yield from equation(product)
    for product in data.products:
        yield from _comparisons(product)
        yield from _open_draws(product, data.period)
    yield from _counts(data)
    yield from _people(data)
    yield from how_to_check(data.period, data.edition)
    yield KeepTogether([*section("Signatures"), SignatureLines(_SIGNED_AS)])


def _comparisons(product: ProductBooks) -> Iterator[Flowable]:
    for noun, lines in (
        ("Lot", product.lots),
        ("Container in use", product.containers),
        ("Place", product.places),
    ):
        if lines:
            yield from section(f"{product.name}, by {noun.lower()}")
            yield _comparison_table(noun, lines, product.strength)


def _comparison_table(
    noun: str, lines: Sequence[Comparison], strength: Strength
) -> Table:
    rows = [_comparison_row(line, strength) for line in lines]
    unit = unit_of(strength)
    container = "Containers" if strength.form is Form.SOLUTION else "Devices"
    return Table(
        [
            Column(noun, 78),
            Column("", 40, stretch=1),
            Column(f"{container} found", 46),
            figure_column(f"Expected {unit}", 46, (row.cells[3] for row in rows)),
            figure_column(f"Counted {unit}", 46, (row.cells[4] for row in rows)),
            figure_column(f"Variance {unit}", 46, (row.cells[5] for row in rows)),
            figure_column("Variance mg", 48, (row.cells[6] for row in rows)),
            Column("Finding", 48, Align.TAG),
        ],
        rows,
    )


def _comparison_row(line: Comparison, strength: Strength) -> Row:
    counted, variance = line.counted, line.variance
    found, containers, varied = "", f"? of {line.expected.containers}", ("", "")
    if counted is not None and variance is not None:
        found = in_unit(counted.amount_ug, strength)
        containers = f"{counted.containers} of {line.expected.containers}"
        varied = in_unit(variance.amount_ug, strength), mg(variance.amount_ug)
    cells = (
        line.name,
        line.detail,
        containers,
        in_unit(line.expected.amount_ug, strength),
        found,
        *varied,
        line.finding.value,
    )
    return Row(cells, _TONES[line.finding])


def _open_draws(product: ProductBooks, period: Period) -> Iterator[Flowable]:
    if not product.open_draws:
        return
    yield from section(
        f"{product.name}, drawn in open sessions",
        "Drawn and not yet administered, wasted or returned: not on the shelf.",
    )
    rows = [
        Row(
            (
                draw.session,
                draw.container,
                period.local(draw.drawn_at),
                draw.drawn_by,
                in_unit(draw.amount_ug, product.strength),
                mg(draw.amount_ug),
            )
        )
        for draw in product.open_draws
    ]
    unit = unit_of(product.strength)
    yield Table(
        [
            Column("Session", 90),
            Column("Container", 90),
            Column("Drawn at", 84),
            Column("Drawn by", 60, stretch=1),
            figure_column(unit, 56, (row.cells[4] for row in rows)),
            figure_column("mg", 56, (row.cells[5] for row in rows)),
        ],
        rows,
    )


def _discrepancies(
    lines: Sequence[DiscrepancyLine], period: Period
) -> Iterator[Flowable]:
    yield from section("Discrepancies")
    if not lines:
        yield Lines("None was opened in this period, and none is open from before.")
        return
    yield Table(
        [
            Column("Number", 46),
            Column("Opened", 78),
            Column("Product", 60, stretch=1),
            Column("Lot, container, place", 94),
            Column("Variance", 116),
            Column("State", 58, Align.TAG),
        ],
        (_discrepancy_row(line, period) for line in lines),
    )


def _discrepancy_row(line: DiscrepancyLine, period: Period) -> Row:
    return Row(
        (
            line.number,
            period.local(line.opened_at),
            line.product,
            where(line),
            signed(line.variance, line.strength),
            line.state,
        ),
        Tone.ALARM if line.is_open else Tone.PLAIN,
    )


def _counts(data: Reconciliation) -> Iterator[Flowable]:
    yield from section("Counts used")
    if not data.counts:
        yield Lines("No count was committed in this period.")
        return
    yield Table(
        [
            Column("Number", 44),
            Column("Kind", 62),
            Column("Place", 50, stretch=1),
            Column("Counted at", 72),
            Column("Counted by", 76),
            Column("Witnessed by", 76),
            Column("Proved by", 56),
        ],
        (
            Row(
                (
                    count.number,
                    count.kind,
                    count.place,
                    data.period.local(count.counted_at),
                    count.counted_by,
                    count.witnessed_by,
                    ", ".join(count.factors),
                )
            )
            for count in data.counts
        ),
    )


def _people(data: Reconciliation) -> Iterator[Flowable]:
    yield from section("People named by initials")
    yield Table(
        [
            Column("Initials", 60),
            Column("Printed name", 200),
            Column("Role", 60, stretch=1),
        ],
        (Row((each.initials, each.name, each.role)) for each in data.people),
    )
