"""What the reconciliation report says: the equation, the comparisons, the people.

Everything is derived from integers of micrograms. The report computes its own sums and
variances, so that no figure on the page was typed twice (regulation.md 12: the
reconciliation report; Cal. 16 CCR 1715.65).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from inventory.kernel.quantities import Strength
from reports.blocks import Finding
from reports.layout import Edition, Facility, Period


class Flow(Enum):
    """A line of the equation: its words, and whether it adds to what is expected."""

    OPENING = ("On the books at opening", 1)
    RECEIVED = ("Received", 1)
    TRANSFERRED_IN = ("Transferred in", 1)
    OVERFILL = ("Overfill found at close-out", 1)
    ADMINISTERED = ("Administered", -1)
    DISPENSED = ("Dispensed", -1)
    WASTED = ("Wasted before a witness", -1)
    RETURNED = ("Returned", -1)
    DESTROYED = ("Destroyed", -1)
    TRANSFERRED_OUT = ("Transferred out", -1)
    BROKEN = ("Broken or spilled", -1)
    HANDLING_LOSS = ("Handling loss at close-out", -1)
    EMPTIED = ("Emptied and retired", -1)
    ADJUSTED = ("Adjusted by closed discrepancies", 1)

    @property
    def words(self) -> str:
        """Name the line."""
        return self.value[0]

    @property
    def sign(self) -> int:
        """Tell the direction: 1 adds, -1 takes away."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Micrograms of active base, and whole containers where they matter."""

    amount_ug: int = 0
    containers: int = 0

    def __add__(self, other: "Quantity") -> "Quantity":
        """Sum both measures."""
        return Quantity(
            self.amount_ug + other.amount_ug, self.containers + other.containers
        )

    def __sub__(self, other: "Quantity") -> "Quantity":
        """Take both measures away."""
        return self + other.times(-1)

    def times(self, sign: int) -> "Quantity":
        """Turn the direction of both measures."""
        return Quantity(self.amount_ug * sign, self.containers * sign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Books against count for one thing; `counted` is None if nobody counted it.

    Attributes:
        name: lot number, container number or place.
        detail: what a reader needs beside it: expiry, lot and place, kind of place.
        expected: what should be on the shelf by the books.
        counted: what was found there.
    """

    name: str
    detail: str
    expected: Quantity
    counted: Quantity | None

    @property
    def variance(self) -> Quantity | None:
        """Counted minus expected: negative is missing."""
        return None if self.counted is None else self.counted - self.expected

    @property
    def finding(self) -> Finding:
        """Judge the variance; a shortage in either measure is never netted away."""
        if self.variance is None:
            return Finding.NOT_COUNTED
        measures = (self.variance.amount_ug, self.variance.containers)
        if min(measures) < 0:
            return Finding.SHORT
        return Finding.OVER if max(measures) > 0 else Finding.AGREES


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraw:
    """A draw whose session had not closed at the as-of instant."""

    session: str
    container: str
    drawn_at: datetime
    drawn_by: str
    amount_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductBooks:
    """One product's equation and its parts.

    Attributes:
        name: such as "Ketamine 50 mg/mL".
        ndc: as printed on the label.
        strength: what mL and devices are derived from.
        flows: unsigned movements of the period (ADJUSTED is signed); absent is zero.
        counted: found on the shelf; None if this product was not counted.
        lots: partition the stock; `containers` in use and `places` regroup it.
        open_draws: still drawn at the as-of instant, so not on the shelf.
    """

    name: str
    ndc: str
    strength: Strength
    flows: Mapping[Flow, Quantity]
    counted: Quantity | None
    lots: tuple[Comparison, ...] = ()
    containers: tuple[Comparison, ...] = ()
    places: tuple[Comparison, ...] = ()
    open_draws: tuple[OpenDraw, ...] = ()

    def flow(self, flow: Flow) -> Quantity:
        """Look up one line of the equation, with its direction."""
        return self.flows.get(flow, Quantity()).times(flow.sign)

    @property
    def on_the_books(self) -> Quantity:
        """Add up the equation."""
        return sum((self.flow(flow) for flow in Flow), start=Quantity())

    @property
    def still_drawn(self) -> Quantity:
        """Add up the open draws."""
        return Quantity(sum(draw.amount_ug for draw in self.open_draws))

    @property
    def total(self) -> Comparison:
        """Compare the shelf as a whole."""
        return Comparison(
            name="all stock",
            detail="",
            expected=self.on_the_books - self.still_drawn,
            counted=self.counted,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUsed:
    """A committed count this report rests on, and who proved what."""

    number: str
    kind: str
    place: str
    counted_at: datetime
    counted_by: str
    witnessed_by: str
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyLine:
    """A case about a variance; `container` is empty when it concerns a whole lot."""

    number: str
    opened_at: datetime
    product: str
    strength: Strength
    place: str
    lot: str
    container: str
    variance: Quantity
    state: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone named by initials in this report (signature register, AC-20)."""

    name: str
    initials: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """All that the report prints."""

    facility: Facility
    period: Period
    edition: Edition
    products: tuple[ProductBooks, ...]
    counts: tuple[CountUsed, ...] = ()
    discrepancies: tuple[DiscrepancyLine, ...] = ()
    people: tuple[Person, ...] = ()
