"""The equation of one product, as a statement of account, and the bar beneath it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reportlab.platypus import Flowable, KeepTogether, Spacer

from inventory.kernel.quantities import Form, Strength
from inventory.reconciliation.figures import ProductFigures
from inventory.reconciliation.rules import ZERO, Quantity, Shelf, Term
from reports.blocks import ALARM, Finding, section
from reports.charts import Share, WhereItWent
from reports.figures import figure_column, in_unit, mg, unit_of
from reports.findings import finding, variances
from reports.tables import Align, Column, Row, Table, Tone

WORDS: Final[Mapping[Term, str]] = {
    Term.OPENING: "On the books at opening",
    Term.INITIAL_INVENTORY: "Found by the initial inventory",
    Term.RECEIVED: "Received",
    Term.TRANSFERRED_IN: "Transferred in",
    Term.ADMINISTERED: "Administered",
    Term.DISPENSED: "Dispensed",
    Term.WASTED: "Wasted before a witness",
    Term.RETURNED: "Returned",
    Term.DESTROYED: "Destroyed",
    Term.TRANSFERRED_OUT: "Transferred out",
    Term.EMPTIED: "Emptied",
    Term.ADJUSTED: "Adjusted by closed discrepancies",
}
# Nothing is said of these where there were none; of the others, that there were none.
_SAID_WHEN_PRESENT: Final = frozenset({Term.INITIAL_INVENTORY, Term.EMPTIED})
_SHADES: Final = {
    Term.ADMINISTERED: 0x3A4A5A,
    Term.DISPENSED: 0x5D6D7D,
    Term.WASTED: 0x93A1AE,
    Term.RETURNED: 0xB7C0C9,
    Term.DESTROYED: 0x7A7A7A,
    Term.TRANSFERRED_OUT: 0xCDD3D9,
}


def equation(product: ProductFigures) -> Iterator[Flowable]:
    """Print what came in, where it went, what should be there and what was."""
    strength = product.strength
    rows = [*_term_rows(product), *_shelf_rows(product.shelf, strength)]
    table = Table(_equation_columns(rows, strength), rows)
    parts = [*section(product.product_name, f"NDC {product.ndc}"), table]
    if shares := _shares(product):
        parts += [Spacer(0, 8), WhereItWent(shares)]
    yield KeepTogether(parts)


def _term_rows(product: ProductFigures) -> Iterator[Row]:
    equation, strength = product.equation, product.strength
    is_liquid = strength.form is Form.SOLUTION
    for term, both in equation.terms.items():
        quantity = Quantity(both.amount_ug, both.containers if is_liquid else 0)
        if quantity != ZERO or term not in _SAID_WHEN_PRESENT:
            tone = Tone.PLAIN if quantity != ZERO else Tone.SOFT
            yield _row(WORDS[term], quantity.times(term.sign), strength, tone)
    yield _row("Expected on the books", equation.on_the_books, strength, Tone.TOTAL)
    drawn = Quantity(-equation.drawn_ug)
    yield _row("of which drawn in open sessions", drawn, strength)


def _shelf_rows(shelf: Shelf, strength: Strength) -> Iterator[Row]:
    yield _row("Expected on the shelf", shelf.expected, strength, Tone.TOTAL)
    if shelf.counted is None:
        places = ", ".join(shelf.uncounted)
        yield Row((f"Not counted: {places}", "", "", "", ""), Tone.SOFT)
    else:
        yield _row("Counted on the shelf", shelf.counted, strength)
    for found, quantity in variances(shelf):
        yield _row("Variance", quantity, strength, Tone.ALARM, found.value)
    if finding(shelf) is Finding.AGREES:
        yield _row("Variance", ZERO, strength, Tone.TOTAL, Finding.AGREES.value)


def _row(
    label: str,
    quantity: Quantity,
    strength: Strength,
    tone: Tone = Tone.PLAIN,
    words: str = "",
) -> Row:
    return Row(
        (
            label,
            mg(quantity.amount_ug),
            in_unit(quantity.amount_ug, strength),
            _containers(quantity, strength),
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


def _shares(product: ProductFigures) -> list[Share]:
    """Part what there was into where it went; empty if it cannot be drawn true."""
    terms, shelf = product.equation.terms, product.shelf
    missing_ug = -shelf.short.amount_ug
    shares = [
        *(
            Share(WORDS[term], terms[term].amount_ug, shade)
            for term, shade in _SHADES.items()
        ),
        Share("Adjusted off", max(0, -terms[Term.ADJUSTED].amount_ug), 0x6A6A6A),
        Share("Drawn in open sessions", product.equation.drawn_ug, 0xF1E9D8),
        Share("On the shelf", shelf.expected.amount_ug - missing_ug, 0xFFFFFF),
        Share("MISSING", missing_ug, ALARM),
    ]
    drawable = min(share.amount_ug for share in shares) >= 0
    return shares if drawable and any(share.amount_ug for share in shares) else []
