"""What should be on the shelf now, by the books, place by place.

A place that is being counted is named without its figures: counts are blind.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import Session

from inventory.kernel.quantities import Form, Strength, format_amount, format_mg
from inventory.ledger.accounts import Kind
from inventory.ledger.blind import places_being_counted
from inventory.ledger.containers import IN_USE, SEALED
from inventory.models.books import Balance
from inventory.models.containers import Container, Lot
from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many containers, and how much is in them together."""

    sealed: int
    in_use: int
    amount_ug: int
    strength: Strength

    @property
    def amount(self) -> str:
        """The amount in the product's own unit, such as "97.4 mL"."""
        return format_amount(self.amount_ug, self.strength)

    @property
    def amount_mg(self) -> str:
        """The amount of active base, such as "4870 mg"."""
        return format_mg(self.amount_ug)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHand:
    """One product at one place: whole containers, containers in use, micrograms.

    `figures` is None while the place is being counted.
    """

    product_id: str
    product_name: str
    ndc: str
    place: str
    figures: Figures | None


def list_on_hand(db: Session, book_id: str) -> list[OnHand]:
    """List what a book says is on its shelves, by place and product."""
    rows = db.execute(
        select(
            Lot.product_id,
            func.min(Lot.product_name),
            func.min(Lot.ndc),
            Lot.form,
            Lot.ug_per_unit,
            Location.id,
            Location.name,
            _containers(SEALED),
            _containers(IN_USE),
            cast(func.sum(Balance.balance_ug), BigInteger),
        )
        .select_from(Balance)
        .join(Container, Container.id == Balance.container_id)
        .join(Lot, Lot.id == Container.lot_id)
        .join(Location, Location.id == Balance.holder_id)
        .where(Balance.book_id == book_id, Balance.kind == Kind.STOCK.value)
        .group_by(Lot.product_id, Lot.form, Lot.ug_per_unit, Location.id)
        .having(func.sum(Balance.balance_ug) != 0)
        .order_by(Location.name, func.min(Lot.product_name))
    )
    counted = places_being_counted(db, book_id)
    return [_on_hand(row, counted) for row in rows]


def _containers(state: str) -> Any:
    return cast(func.sum(case((Container.state == state, 1), else_=0)), BigInteger)


def _on_hand(row: Any, being_counted: frozenset[str]) -> OnHand:
    product_id, name, ndc, form, ug_per_unit, place_id, place, *figures = row
    sealed, in_use, amount_ug = figures
    shown = Figures(
        sealed=sealed,
        in_use=in_use,
        amount_ug=amount_ug,
        strength=Strength(Form(form), ug_per_unit),
    )
    return OnHand(
        product_id=product_id,
        product_name=name,
        ndc=ndc,
        place=place,
        figures=None if place_id in being_counted else shown,
    )
