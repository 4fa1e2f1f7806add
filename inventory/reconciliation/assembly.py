"""From sums and counts to the figures of each product, lot, place and container."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from inventory.ledger.accounts import Kind
from inventory.ledger.containers import strength_of
from inventory.models.containers import Lot
from inventory.reconciliation.figures import (
    ContainerFigures,
    CountFigures,
    CountLineFigures,
    DrawnFigures,
    LotFigures,
    PlaceFigures,
    ProductFigures,
)
from inventory.reconciliation.rules import (
    Equation,
    Quantity,
    Shelf,
    Sum,
    build_equation,
    close,
    judge,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was read, before it is put in order.

    Attributes:
        lots: every lot of the book, by id.
        places: names of places, by id.
        numbers: numbers of the containers partly used or counted, by id.
        opening: sums on hand before the period.
        moved: sums of all accounts within the period.
        counts: the latest of each place.
        drawn: what sessions still hold.
    """

    lots: Mapping[str, Lot]
    places: Mapping[str, str]
    numbers: Mapping[str, int]
    opening: Sequence[Sum]
    moved: Sequence[Sum]
    counts: Sequence[CountFigures]
    drawn: Sequence[DrawnFigures]


def product_figures(material: Material) -> tuple[ProductFigures, ...]:
    """Give the figures of every product that the books or counts of a period name."""
    shelves = _Shelves(material)
    equations = _equations(material)
    lots = [material.lots[lot_id] for lot_id in equations.keys() | shelves.lot_ids]
    products: defaultdict[tuple[str, str], list[Lot]] = defaultdict(list)
    for lot in sorted(lots, key=lambda lot: (lot.lot, lot.id)):
        products[lot.product_name, lot.product_id].append(lot)
    return tuple(
        _product(products[key], equations, shelves, material)
        for key in sorted(products)
    )


def partly_used(lots: Mapping[str, Lot], shelf: Iterable[Sum]) -> set[str]:
    """Give the ids of containers that hold something, but less than their label."""
    return {
        each.container_id
        for each in shelf
        if each.kind is Kind.STOCK and each.amount_ug < lots[each.lot_id].nominal_ug
    }


class _Shelves:
    """What stands where by the books, and the lines that were counted there."""

    def __init__(self, material: Material) -> None:
        self._places = material.places
        self._counted = {count.location_id for count in material.counts}
        self._numbers = material.numbers
        self._lots = material.lots
        self._stock: defaultdict[str, list[Sum]] = defaultdict(list)
        for each in close(material.opening, material.moved):
            if each.kind is Kind.STOCK:
                self._stock[each.lot_id].append(each)
        self._lines: defaultdict[str, list[tuple[str, CountLineFigures]]]
        self._lines = defaultdict(list)
        for count in material.counts:
            for line in count.lines:
                self._lines[line.lot_id].append((count.location_id, line))

    @property
    def lot_ids(self) -> set[str]:
        """The lots that stand somewhere or were counted."""
        return self._stock.keys() | self._lines.keys()

    def of(self, lots: Iterable[Lot], location_id: str | None = None) -> Shelf:
        """Give the shelf of some lots, at one place or at all."""
        lot_ids = [lot.id for lot in lots]
        return judge(
            [
                (each.holder_id, Quantity(each.amount_ug, 1))
                for lot_id in lot_ids
                for each in self._stock.get(lot_id, ())
                if location_id in (None, each.holder_id)
            ],
            [
                line.variance
                for lot_id in lot_ids
                for place, line in self._lines.get(lot_id, ())
                if location_id in (None, place)
            ],
            counted_places=self._counted,
            name_of=self._places,
        )

    def places(self, lots: Collection[Lot]) -> Iterator[PlaceFigures]:
        """Give the shelf of some lots place by place, in the order of names."""
        found = {each.holder_id for lot in lots for each in self._stock.get(lot.id, ())}
        found |= {place for lot in lots for place, _ in self._lines.get(lot.id, ())}
        for location_id in sorted(found, key=lambda each: (self._places[each], each)):
            yield PlaceFigures(
                location_id=location_id,
                place=self._places[location_id],
                shelf=self.of(lots, location_id),
            )

    def containers(self, lot: Lot) -> Iterator[ContainerFigures]:
        """Give the containers of a lot that are partly used or counted by themselves.

        Those whose place was counted before they came into use stay uncounted: the
        count knew them as one of the sealed ones.
        """
        partly = partly_used(self._lots, self._stock.get(lot.id, ()))
        expected = {
            (each.container_id, each.holder_id): Quantity(each.amount_ug, 1)
            for each in self._stock.get(lot.id, ())
            if each.container_id in partly
        }
        variances = {
            (line.container_id, place): line.variance
            for place, line in self._lines.get(lot.id, ())
            if line.container_id is not None
        }
        subjects = expected.keys() | variances.keys()
        for subject in sorted(subjects, key=lambda each: self._numbers[each[0]]):
            container_id, place = subject
            yield ContainerFigures(
                container_id=container_id,
                number=self._numbers[container_id],
                lot=lot.lot,
                place=self._places[place],
                shelf=judge(
                    [(place, expected[subject])] if subject in expected else [],
                    [variances[subject]] if subject in variances else [],
                    counted_places=[place] if subject in variances else [],
                    name_of=self._places,
                ),
            )


def _equations(material: Material) -> dict[str, Equation]:
    opening: defaultdict[str, list[Sum]] = defaultdict(list)
    moved: defaultdict[str, list[Sum]] = defaultdict(list)
    for each in material.opening:
        opening[each.lot_id].append(each)
    for each in material.moved:
        moved[each.lot_id].append(each)
    return {
        lot_id: build_equation(opening[lot_id], moved[lot_id])
        for lot_id in opening.keys() | moved.keys()
    }


def _product(
    lots: Sequence[Lot],
    equations: Mapping[str, Equation],
    shelves: _Shelves,
    material: Material,
) -> ProductFigures:
    nothing = build_equation((), ())
    figures = tuple(
        LotFigures(
            lot_id=lot.id,
            lot=lot.lot,
            expires_on=lot.expires_on,
            equation=equations.get(lot.id, nothing),
            shelf=shelves.of([lot]),
        )
        for lot in lots
    )
    lot_ids = {lot.id for lot in lots}
    return ProductFigures(
        product_id=lots[0].product_id,
        product_name=lots[0].product_name,
        ndc=lots[0].ndc,
        strength=strength_of(lots[0]),
        equation=reduce(add, (each.equation for each in figures)),
        shelf=shelves.of(lots),
        lots=figures,
        places=tuple(shelves.places(lots)),
        containers=tuple(each for lot in lots for each in shelves.containers(lot)),
        drawn=tuple(each for each in material.drawn if each.lot_id in lot_ids),
    )
