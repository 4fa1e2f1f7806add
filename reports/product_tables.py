"""The parts of a product beside their counts, and what open sessions hold of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.platypus import Flowable

from inventory.kernel.quantities import Form, Strength
from inventory.reconciliation.figures import ProductFigures
from inventory.reconciliation.rules import ZERO, Shelf
from reports.blocks import Finding, section
from reports.figures import figure_column, in_unit, mg, unit_of
from reports.findings import finding, variances
from reports.masthead import Period
from reports.tables import Align, Column, Row, Table, Tone

_TONES: Final = {
    Finding.AGREES: Tone.PLAIN,
    Finding.SHORT: Tone.ALARM,
    Finding.OVER: Tone.ALARM,
    Finding.NOT_COUNTED: Tone.SOFT,
}


@dataclass(frozen=True, slots=True)
class _Compared:
    """A lot, container or place beside its shelf."""

    name: str
    detail: str
    shelf: Shelf


def comparisons(product: ProductFigures) -> Iterator[Flowable]:
    """Print a product's lots, containers in use and places against their counts."""
    lots = [
        _Compared(lot.lot, f"expires {lot.expires_on}", lot.shelf)
        for lot in product.lots
        if _says_something(lot.shelf)
    ]
    containers = [
        _Compared(str(each.number), f"lot {each.lot}, {each.place}", each.shelf)
        for each in product.containers
    ]
    places = [_Compared(each.place, "", each.shelf) for each in product.places]
    for noun, lines in (
        ("Lot", lots),
        ("Container in use", containers),
        ("Place", places),
    ):
        if lines:
            yield from section(f"{product.product_name}, by {noun.lower()}")
            yield _comparison_table(noun, lines, product.strength)


def _says_something(shelf: Shelf) -> bool:
    """Leave out a lot that is used up: it holds nothing, and nothing was found."""
    return shelf.expected != ZERO or finding(shelf) is not Finding.AGREES


def _comparison_table(
    noun: str, lines: Sequence[_Compared], strength: Strength
) -> Table:
    rows = [row for line in lines for row in _comparison_rows(line, strength)]
    unit = unit_of(strength)
    container = "Containers" if strength.form is Form.SOLUTION else "Devices"
    return Table(
        [
            Column(noun, 92),
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


def _comparison_rows(line: _Compared, strength: Strength) -> Iterator[Row]:
    """Print a line; one that is short here and over there takes two rows."""
    shelf = line.shelf
    expected, counted = shelf.expected, shelf.counted
    found, containers = "", "?"
    if counted is not None:
        found = in_unit(counted.amount_ug, strength)
        containers = str(counted.containers)
    cells: tuple[str, ...] = (
        line.name,
        line.detail,
        f"{containers} of {expected.containers}",
        in_unit(expected.amount_ug, strength),
        found,
    )
    for judged, quantity in variances(shelf):
        varied = in_unit(quantity.amount_ug, strength), mg(quantity.amount_ug)
        yield Row((*cells, *varied, judged.value), _TONES[judged])
        cells = ("",) * len(cells)
    if finding(shelf) in (Finding.AGREES, Finding.NOT_COUNTED):
        none = "" if counted is None else "0"
        yield Row((*cells, none, none, finding(shelf).value), _TONES[finding(shelf)])


def open_draws(product: ProductFigures, period: Period) -> Iterator[Flowable]:
    """Print what sessions still hold, which is not on the shelf."""
    if not product.drawn:
        return
    yield from section(
        f"{product.product_name}, drawn in open sessions",
        "Drawn and not yet administered or wasted: not on the shelf.",
    )
    rows = [
        Row(
            (
                draw.session_id,
                str(draw.container_number),
                period.local(draw.drawn_at),
                draw.drawn_by,
                in_unit(draw.amount_ug, product.strength),
                mg(draw.amount_ug),
            )
        )
        for draw in product.drawn
    ]
    unit = unit_of(product.strength)
    yield Table(
        [
            Column("Session", 150),
            Column("Container", 44),
            Column("Drawn at", 78),
            Column("Drawn by", 60, stretch=1),
            figure_column(unit, 50, (row.cells[4] for row in rows)),
            figure_column("mg", 50, (row.cells[5] for row in rows)),
        ],
        rows,
    )
