"""The figures of one reconciliation: all that a report of it prints. PURE.

They follow from the books up to `known_position` alone, which never change, so that the
same figures can be had again at any time (AC-60).
"""

from dataclasses import dataclass
from datetime import date, datetime

from inventory.kernel.quantities import Strength
from inventory.reconciliation.rules import Equation, Quantity, Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFigures:
    """One lot: its equation, and its shelf over all places."""

    lot_id: str
    lot: str
    expires_on: date
    equation: Equation
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFigures:
    """What one place should hold of a product, against its count."""

    location_id: str
    place: str
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFigures:
    """A container partly used, or counted by itself, against that count."""

    container_id: str
    number: int
    lot: str
    place: str
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFigures:
    """What one session still had drawn from one container at the end."""

    session_id: str
    lot_id: str
    container_number: int
    drawn_at: datetime
    drawn_by: str
    amount_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFigures:
    """One product: its equation, its shelf, and the parts of both."""

    product_id: str
    product_name: str
    ndc: str
    strength: Strength
    equation: Equation
    shelf: Shelf
    lots: tuple[LotFigures, ...]
    places: tuple[PlaceFigures, ...]
    containers: tuple[ContainerFigures, ...]
    drawn: tuple[DrawnFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFigures:
    """A person as the journal named them at that moment; the witness with factors."""

    name: str
    initials: str
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLineFigures:
    """One line of a count; no container means the sealed ones of a lot together."""

    lot_id: str
    container_id: str | None
    product_name: str
    strength: Strength
    lot: str
    container_number: int | None
    method: str
    expected: Quantity
    counted: Quantity
    missing_numbers: tuple[int, ...]

    @property
    def variance(self) -> Quantity:
        """Counted minus expected: negative is missing."""
        return self.counted + self.expected.times(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFigures:
    """The latest committed count of a place within the period."""

    count_id: str
    kind: str
    location_id: str
    place: str
    position: int
    committed_at: datetime
    counted_by: SignatureFigures
    witnessed_by: SignatureFigures | None
    lines: tuple[CountLineFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyFigures:
    """A case that was open at the known position."""

    label: str
    place: str
    product_name: str
    strength: Strength
    lot: str
    container_number: int | None
    variance: Quantity
    discovered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationFigures:
    """Everything one reconciliation says.

    Attributes:
        registration_id: whose book.
        first_day: first civil day of the period, in the site's zone.
        last_day: last civil day, included.
        time_zone: the site's zone, by its IANA name.
        start: the instant the first day begins.
        end: the instant the last day ends, excluded.
        known_position: how much of the book was known.
        root: the root of the book's tree at that position.
        products: by name.
        counts: the latest of each place within the period.
        places_not_counted: places that hold or moved stock and were not counted.
        discrepancies: cases open at the known position.
    """

    registration_id: str
    first_day: date
    last_day: date
    time_zone: str
    start: datetime
    end: datetime
    known_position: int
    root: bytes
    products: tuple[ProductFigures, ...]
    counts: tuple[CountFigures, ...]
    places_not_counted: tuple[str, ...]
    discrepancies: tuple[DiscrepancyFigures, ...]
