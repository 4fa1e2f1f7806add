"""The equation of one product, as a statement of account, and the bar beneath it."""

from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.platypus import Flowable, KeepTogether, Spacer

from inventory.kernel.quantities import Form, Strength
from reports.blocks import ALARM, Finding, section
from reports.charts import Share, WhereItWent
from reports.figures import figure_column, in_unit, mg, unit_of
from reports.reconciliation_data import Flow, ProductBooks, Quantity
from reports.tables import Align, Column, Row, Table, Tone

_ALWAYS_PRINTED: Final = frozenset(Flow) - {
    Flow.OVERFILL,
    Flow.BROKEN,
    Flow.HANDLING_LOSS,
    Flow.EMPTIED,
}
_SHADES: Final = {
    Flow.ADMINISTERED: 0x3A4A5A,
    Flow.DISPENSED: 0x5D6D7D,
    Flow.WASTED: 0x93A1AE,
    Flow.RETURNED: 0xB7C0C9,
    Flow.DESTROYED: 0x7A7A7A,
    Flow.TRANSFERRED_OUT: 0xCDD3D9,
    Flow.BROKEN: 0xA8A8A8,
    Flow.HANDLING_LOSS: 0xE3E6E9,
}


def equation(product: ProductBooks) -> Iterator[Flowable]:
    """Print what came in, where it went, what should be there and what was."""
    rows = [
        *_flow_rows(product),
        _equation_row(
            "Expected on the books", product.on_the_books, product, Tone.TOTAL
        ),
        _equation_row(
            "of which drawn in open sessions", product.still_drawn.times(-1), product
        ),
        *_shelf_rows(product),
    ]
    table = Table(_equation_columns(rows, product.strength), rows)
    parts = [*section(product.name, f"NDC {product.ndc}"), table]
    if shares := _shares(product):
        parts += [Spacer(0, 8), WhereItWent(shares)]
    yield KeepTogether(parts)


def _flow_rows(product: ProductBooks) -> Iterator[Row]:
    for flow in Flow:
        quantity = product.flow(flow)
        if quantity != Quantity() or flow in _ALWAYS_PRINTED:
            tone = Tone.PLAIN if quantity != Quantity() else Tone.SOFT
            yield _equation_row(flow.words, quantity, product, tone)


def _shelf_rows(product: ProductBooks) -> Iterator[Row]:
    total = product.total
    yield _equation_row("Expected on the shelf", total.expected, product, Tone.TOTAL)
    if total.counted is None or total.variance is None:
        yield Row(("Counted on the shelf", "not counted", "", "", ""), Tone.SOFT)
        return
    yield _equation_row("Counted on the shelf", total.counted, product)
    tone = Tone.TOTAL if total.finding is Finding.AGREES else Tone.ALARM
    words = total.finding.value
    yield _equation_row("Variance", total.variance, product, tone, words)


def _equation_row(
    label: str,
    quantity: Quantity,
    product: ProductBooks,
    tone: Tone = Tone.PLAIN,
    words: str = "",
) -> Row:
    return Row(
        (
            label,
            mg(quantity.amount_ug),
            in_unit(quantity.amount_ug, product.strength),
            _containers(quantity, product.strength),
            words,
        ),
        tone,
        ruled=tone is Tone.TOTAL or bool(words),
    )


def _equation_columns(rows: Sequence[Row], strength: Strength) -> list[Column]:
    is_liquid = strength.form is Form.SOLUTION
    return [
        Column("", 150, stretch=1),
        figure_column("mg", 78, (row.cells[1] for row in rows)),
        figure_column(unit_of(strength), 78, (row.cells[2] for row in rows)),
        Column("containers" if is_liquid else "", 60, Align.FIGURE),
        Column("", 54, Align.TAG),
    ]


def _containers(quantity: Quantity, strength: Strength) -> str:
    """Write the containers; a device is its own container and is not said twice."""
    if strength.form is Form.DEVICE or not quantity.containers:
        return ""
    return str(quantity.containers)


def _shares(product: ProductBooks) -> list[Share]:
    """Part what there was into where it went; empty if it cannot be drawn true."""
    total = product.total
    adjusted_ug = product.flow(Flow.ADJUSTED).amount_ug
    missing_ug = max(0, -total.variance.amount_ug) if total.variance else 0
    shares = [
        *(
            Share(flow.words, -product.flow(flow).amount_ug, shade)
            for flow, shade in _SHADES.items()
        ),
        Share("Adjusted off", max(0, -adjusted_ug), 0x6A6A6A),
        Share("Drawn in open sessions", product.still_drawn.amount_ug, 0xF1E9D8),
        Share("On the shelf", total.expected.amount_ug - missing_ug, 0xFFFFFF),
        Share("MISSING", missing_ug, ALARM),
    ]
    drawable = min(share.amount_ug for share in shares) >= 0
    return shares if drawable and any(share.amount_ug for share in shares) else []
