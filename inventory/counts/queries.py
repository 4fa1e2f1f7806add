"""Reads for counts: what stands at a place, and a count as its counter may see it.

Only `commit_count` asks for quantities (`on_the_books`), when the count is final.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.counts.comparison import Line, OnTheBooks
from inventory.counts.rules import KnownContainer, KnownLot, Method
from inventory.discrepancies.measures import Measure
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import stock
from inventory.ledger.balances import held
from inventory.ledger.containers import IN_USE, RETIRED, SEALED, strength_of
from inventory.models.containers import Container, Lot
from inventory.models.counts import Count, CountLine
from inventory.models.people import Person
from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet:
    """What to count at a place, and never how many or how much (invariant I22)."""

    lots: tuple[KnownLot, ...]
    in_use: tuple[KnownContainer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The containers that stand at a place by the books."""

    sealed: tuple[KnownContainer, ...]
    in_use: tuple[KnownContainer, ...]

    @property
    def sheet(self) -> CountSheet:
        """Leave out every quantity."""
        lots = {container.lot.id: container.lot for container in self.sealed}
        return CountSheet(lots=tuple(lots.values()), in_use=self.in_use)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of a committed count, with names; no number means a whole lot."""

    line: Line
    lot: KnownLot
    container_number: int | None

    @property
    def counted(self) -> Measure:
        """What was found."""
        line = self.line
        return self._measure(line.counted_containers, line.counted_ug)

    @property
    def expected(self) -> Measure:
        """What the books had at the position of the count."""
        line = self.line
        return self._measure(line.expected_containers, line.expected_ug)

    @property
    def variance(self) -> Measure:
        """Counted minus expected: negative is missing."""
        line = self.line
        return self._measure(line.variance_containers, line.variance_ug)

    def _measure(self, containers: int, amount_ug: int) -> Measure:
        return Measure(
            containers=containers, amount_ug=amount_ug, strength=self.lot.strength
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """A count: its sheet while it is open, its lines once it is committed."""

    count_id: str
    location_id: str
    place: str
    kind: str
    state: str
    counted_by: str
    started_at: datetime
    committed_at: datetime | None
    position: int | None
    sheet: CountSheet | None
    lines: tuple[LineView, ...]


def known_lot(lot: Lot) -> KnownLot:
    """Give a lot as the rules know it."""
    return KnownLot(
        id=lot.id,
        product_name=lot.product_name,
        ndc=lot.ndc,
        lot=lot.lot,
        expires_on=lot.expires_on,
        strength=strength_of(lot),
        nominal_ug=lot.nominal_ug,
    )


def find_lots(
    db: Session, registration_id: str, lot_ids: Sequence[str]
) -> dict[str, KnownLot]:
    """Give those of the lots that the book knows, by id."""
    query = select(Lot).where(
        Lot.registration_id == registration_id, Lot.id.in_(lot_ids)
    )
    return {lot.id: known_lot(lot) for lot in db.scalars(query)}


def find_containers(
    db: Session, registration_id: str, numbers: Sequence[int]
) -> dict[int, KnownContainer]:
    """Give those of the containers that the book knows, by number."""
    query = (
        select(Container.id, Container.number, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(
            Container.registration_id == registration_id, Container.number.in_(numbers)
        )
    )
    return {
        number: KnownContainer(id=container_id, number=number, lot=known_lot(lot))
        for container_id, number, lot in db.execute(query)
    }


def standing_at(db: Session, registration_id: str, location_id: str) -> Standing:
    """Give the containers at a place that are not retired, by product and number."""
    rows = db.execute(
        select(Container.id, Container.number, Container.state, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(
            Container.registration_id == registration_id,
            Container.location_id == location_id,
            Container.state != RETIRED,
        )
        .order_by(Lot.product_name, Lot.lot, Lot.id, Container.number)
    )
    found: dict[str, list[KnownContainer]] = {SEALED: [], IN_USE: []}
    lots: dict[str, KnownLot] = {}
    for container_id, number, state, lot in rows:
        known = lots.setdefault(lot.id, known_lot(lot))
        found[state].append(KnownContainer(id=container_id, number=number, lot=known))
    return Standing(sealed=tuple(found[SEALED]), in_use=tuple(found[IN_USE]))


def on_the_books(
    db: Session, registration_id: str, location_id: str, standing: Standing
) -> OnTheBooks:
    """Give the content of the containers at a place, for the commit alone."""
    portions = held(db, registration_id, stock(location_id))
    content_ug = {portion.container_id: portion.amount_ug for portion in portions}
    sealed: dict[str, dict[int, int]] = {}
    for container in standing.sealed:
        of_lot = sealed.setdefault(container.lot.id, {})
        of_lot[container.number] = content_ug.get(container.id, 0)
    in_use = {each.id: content_ug.get(each.id, 0) for each in standing.in_use}
    return OnTheBooks(sealed=sealed, in_use=in_use)


def get_count(db: Session, registration_id: str, count_id: str) -> CountView:
    """Give a count as anyone may see it: blind while it is open.

    Raises:
        InventoryError: NOT_FOUND, for a count of another book too.
    """
    row = db.execute(
        select(Count, Location.name, Person.name)
        .join(Location, Location.id == Count.location_id)
        .join(Person, Person.id == Count.counted_by)
        .where(Count.id == count_id, Count.registration_id == registration_id)
    ).one_or_none()
    if row is None:
        raise unknown_count()
    count, place, counted_by = row
    is_open = count.state == "open"
    standing = standing_at(db, registration_id, count.location_id) if is_open else None
    return CountView(
        count_id=count.id,
        location_id=count.location_id,
        place=place,
        kind=count.kind,
        state=count.state,
        counted_by=counted_by,
        started_at=count.started_at,
        committed_at=count.committed_at,
        position=count.position,
        sheet=standing.sheet if standing else None,
        lines=_lines(db, count_id),
    )


def unknown_count() -> InventoryError:
    """Say that there is no such count."""
    return InventoryError(
        ErrorCode.NOT_FOUND, "There is no such count at this site. Start one."
    )


def _lines(db: Session, count_id: str) -> tuple[LineView, ...]:
    rows = db.execute(
        select(CountLine, Lot, Container.number)
        .join(Lot, Lot.id == CountLine.lot_id)
        .outerjoin(Container, Container.id == CountLine.container_id)
        .where(CountLine.count_id == count_id)
        .order_by(CountLine.line)
    )
    return tuple(
        LineView(
            line=_line(stored), lot=known_lot(lot), container_number=container_number
        )
        for stored, lot, container_number in rows
    )


def _line(stored: CountLine) -> Line:
    missing = stored.missing_numbers.split()
    return Line(
        lot_id=stored.lot_id,
        container_id=stored.container_id,
        method=Method(stored.method),
        counted_containers=stored.counted_containers,
        counted_ug=stored.counted_ug,
        expected_containers=stored.expected_containers,
        expected_ug=stored.expected_ug,
        missing_numbers=tuple(int(number) for number in missing),
    )
