"""The equation of a period, and the shelf against its counts. PURE.

opening + what came in - what went out = expected on the books; less what is drawn in
open sessions = expected on the shelf; beside it the count and its variance (invariant
I33).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import Kind


class Term(StrEnum):
    """A term of the equation, in the order in which it is printed."""

    OPENING = "opening"
    INITIAL_INVENTORY = "initial_inventory"
    RECEIVED = "received"
    TRANSFERRED_IN = "transferred_in"
    ADMINISTERED = "administered"
    DISPENSED = "dispensed"
    WASTED = "wasted"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    TRANSFERRED_OUT = "transferred_out"
    EMPTIED = "emptied"
    ADJUSTED = "adjusted"

    @property
    def sign(self) -> int:
        """1 adds to what is expected, -1 takes away; the terms have no sign."""
        return 1 if self in _ADDS else -1


_ADDS: Final = frozenset(
    {
        Term.OPENING,
        Term.INITIAL_INVENTORY,
        Term.RECEIVED,
        Term.TRANSFERRED_IN,
        Term.ADJUSTED,
    }
)

# Every kind of account has its place: on hand (None), or a term. A new kind without a
# line here fails the test that compares this table with the chart of accounts.
TERM_OF: Final[Mapping[Kind, Term | None]] = {
    Kind.STOCK: None,
    Kind.DRAWN: None,
    Kind.OPENING: Term.INITIAL_INVENTORY,
    Kind.SUPPLIER: Term.RECEIVED,
    Kind.ADMINISTERED: Term.ADMINISTERED,
    Kind.WASTED: Term.WASTED,
}
ON_HAND: Final = tuple(kind for kind, term in TERM_OF.items() if term is None)

# Terms by which whole containers come; all others use up what is in them.
_BRINGS_CONTAINERS: Final = frozenset({Term.INITIAL_INVENTORY, Term.RECEIVED})


@dataclass(frozen=True, slots=True)
class Quantity:
    """Micrograms of active base, and containers with something in them."""

    amount_ug: int = 0
    containers: int = 0

    def __add__(self, other: "Quantity") -> "Quantity":
        """Sum both measures."""
        return Quantity(
            self.amount_ug + other.amount_ug, self.containers + other.containers
        )

    def times(self, factor: int) -> "Quantity":
        """Multiply both measures."""
        return Quantity(self.amount_ug * factor, self.containers * factor)


ZERO: Final = Quantity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What one container's entries in one account add up to."""

    lot_id: str
    container_id: str
    kind: Kind
    holder_id: str
    amount_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """The terms of a lot or a product over a period.

    Attributes:
        terms: every term, without sign (only ADJUSTED may be negative).
        drawn_ug: still drawn in open sessions at the end of the period.
    """

    terms: Mapping[Term, Quantity]
    drawn_ug: int

    @property
    def on_the_books(self) -> Quantity:
        """Add up the terms: expected on the books at the end."""
        return total(each.times(term.sign) for term, each in self.terms.items())

    @property
    def on_the_shelf(self) -> Quantity:
        """What should stand on the shelf: the books without what is drawn."""
        return self.on_the_books + Quantity(-self.drawn_ug)

    def __add__(self, other: "Equation") -> "Equation":
        """Add two lots of a product, term by term."""
        return Equation(
            terms={term: self.terms[term] + other.terms[term] for term in Term},
            drawn_ug=self.drawn_ug + other.drawn_ug,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What should be there against what was found; shortage and overage stay apart.

    Attributes:
        expected: on the shelf by the books at the end of the period.
        short: sum of the lines that were short, zero or below (invariant I36).
        over: sum of the lines that were over, zero or above.
        uncounted: places that should hold some and were not counted in the period.
    """

    expected: Quantity
    short: Quantity
    over: Quantity
    uncounted: tuple[str, ...] = ()

    @property
    def variance(self) -> Quantity | None:
        """Counted minus expected; None unless everything was counted."""
        return None if self.uncounted else self.short + self.over

    @property
    def counted(self) -> Quantity | None:
        """The count carried to the end of the period; None unless all was counted.

        Entries after a count move books and shelf alike, so the variance stays.
        """
        return None if self.variance is None else self.expected + self.variance


def build_equation(opening: Iterable[Sum], moved: Iterable[Sum]) -> Equation:
    """Build the equation of one lot.

    Args:
        opening: sums on hand of all entries before the period.
        moved: sums of all accounts over the entries within the period.

    Raises:
        InventoryError: INTERNAL when terms and holdings differ, which only a change
            behind the service's back can do.
    """
    before, within = list(opening), list(moved)
    terms = dict.fromkeys(Term, ZERO)
    terms[Term.OPENING] = _on_hand(before)
    for each in within:
        term = TERM_OF[each.kind]
        if term is not None:
            terms[term] += _contribution(each, term)
    closing = close(before, within)
    terms[Term.EMPTIED] = Quantity(
        containers=sum(term.sign * each.containers for term, each in terms.items())
        - _on_hand(closing).containers
    )
    drawn_ug = sum(each.amount_ug for each in closing if each.kind is Kind.DRAWN)
    equation = Equation(terms=terms, drawn_ug=drawn_ug)
    if equation.on_the_books != _on_hand(closing):
        raise InventoryError(
            ErrorCode.INTERNAL,
            "The books of this period do not add up: an entry is missing or was "
            "changed. Nothing was reconciled; have the books verified.",
        )
    return equation


def close(opening: Iterable[Sum], moved: Iterable[Sum]) -> list[Sum]:
    """Give what each container holds on hand at the end of the period; no zeros."""
    totals: dict[tuple[str, str, Kind, str], int] = {}
    for each in (*opening, *moved):
        if TERM_OF[each.kind] is None:
            key = (each.lot_id, each.container_id, each.kind, each.holder_id)
            totals[key] = totals.get(key, 0) + each.amount_ug
    return [
        Sum(
            lot_id=lot_id,
            container_id=container_id,
            kind=kind,
            holder_id=holder_id,
            amount_ug=amount_ug,
        )
        for (lot_id, container_id, kind, holder_id), amount_ug in totals.items()
        if amount_ug
    ]


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Add up quantities."""
    return sum(quantities, start=ZERO)


def judge(
    expected: Iterable[tuple[str, Quantity]],
    variances: Iterable[Quantity],
    *,
    counted_places: Collection[str],
    name_of: Mapping[str, str],
) -> Shelf:
    """Put a part of the shelf beside its counts.

    Args:
        expected: place id and what should be there at the end of the period.
        variances: of the lines about this part, from the latest count of each place.
        counted_places: ids of the places that were counted in the period.
        name_of: names of places, by id.
    """
    parts, found = list(expected), list(variances)
    uncounted = {place for place, _ in parts if place not in counted_places}
    return Shelf(
        expected=total(quantity for _, quantity in parts),
        short=Quantity(
            sum(min(each.amount_ug, 0) for each in found),
            sum(min(each.containers, 0) for each in found),
        ),
        over=Quantity(
            sum(max(each.amount_ug, 0) for each in found),
            sum(max(each.containers, 0) for each in found),
        ),
        uncounted=tuple(sorted(name_of[place] for place in uncounted)),
    )


def require_period(first_day: date, last_day: date, *, today: date) -> None:
    """Refuse a period that runs backwards or into days that have not begun.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if last_day < first_day:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The last day is before the first. Swap them or correct one.",
            field="last_day",
        )
    if last_day > today:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The period runs into days that have not begun at this site. "
            f"The last day can be {today.isoformat()} at most.",
            field="last_day",
        )


def _contribution(each: Sum, term: Term) -> Quantity:
    containers = 0
    if term in _BRINGS_CONTAINERS:
        containers = 1 if each.amount_ug < 0 else -1  # a source is left, or returned to
    # What a source or sink gains, the stock has lost.
    return Quantity(-term.sign * each.amount_ug, containers)


def _on_hand(sums: Iterable[Sum]) -> Quantity:
    held = [each for each in sums if TERM_OF[each.kind] is None]
    with_stock = {each.container_id for each in held if each.kind is Kind.STOCK}
    return Quantity(sum(each.amount_ug for each in held), len(with_stock))
