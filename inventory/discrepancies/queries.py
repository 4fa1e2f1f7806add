"""Reads of cases: what is open at a place, the list, one case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from inventory.discrepancies.measures import Measure
from inventory.discrepancies.rules import Subject, Variance, case_label
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.containers import strength_of
from inventory.models.containers import Container, Lot
from inventory.models.discrepancies import Discrepancy
from inventory.models.sites import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyView:
    """A case as people read it; `container_number` is None for a whole lot."""

    discrepancy_id: str
    number: int
    place: str
    product_name: str
    lot: str
    container_number: int | None
    variance: Measure
    discovered_at: datetime
    state: str
    source_id: str
    position: int

    @property
    def label(self) -> str:
        """The number as people say it: "D-0007"."""
        return case_label(self.number)


def open_variances(
    db: Session, registration_id: str, location_id: str
) -> dict[Subject, Variance]:
    """Add up the open cases of each subject at a place."""
    columns = (Discrepancy.location_id, Discrepancy.lot_id, Discrepancy.container_id)
    rows = db.execute(
        select(
            *columns,
            cast(func.sum(Discrepancy.variance_ug), BigInteger),
            cast(func.sum(Discrepancy.variance_containers), BigInteger),
        )
        .where(
            Discrepancy.registration_id == registration_id,
            Discrepancy.location_id == location_id,
            Discrepancy.state == "open",
        )
        .group_by(*columns)
    )
    return {
        Subject(place, lot, container or ""): Variance(amount_ug, containers)
        for place, lot, container, amount_ug, containers in rows
    }


def list_discrepancies(
    db: Session, registration_id: str, *, known_position: int | None = None
) -> list[DiscrepancyView]:
    """List the cases of a book, the open ones first, then by number.

    Args:
        db: the open transaction.
        registration_id: whose book.
        known_position: leave out what was opened after this position.
    """
    query = _views().where(Discrepancy.registration_id == registration_id)
    if known_position is not None:
        query = query.where(Discrepancy.position <= known_position)
    query = query.order_by(Discrepancy.state.desc(), Discrepancy.number)
    return [_view(*row) for row in db.execute(query)]


def get_discrepancy(
    db: Session, registration_id: str, discrepancy_id: str
) -> DiscrepancyView:
    """Give one case.

    Raises:
        InventoryError: NOT_FOUND, for a case of another book too.
    """
    row = db.execute(
        _views().where(
            Discrepancy.registration_id == registration_id,
            Discrepancy.id == discrepancy_id,
        )
    ).one_or_none()
    if row is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such discrepancy at this site. Look it up in the list.",
        )
    return _view(*row)


def _views() -> Select[Discrepancy, str, Lot, int]:
    return (
        select(Discrepancy, Location.name, Lot, Container.number)
        .join(Location, Location.id == Discrepancy.location_id)
        .join(Lot, Lot.id == Discrepancy.lot_id)
        .outerjoin(Container, Container.id == Discrepancy.container_id)
    )


def _view(
    case: Discrepancy, place: str, lot: Lot, container_number: int | None
) -> DiscrepancyView:
    return DiscrepancyView(
        discrepancy_id=case.id,
        number=case.number,
        place=place,
        product_name=lot.product_name,
        lot=lot.lot,
        container_number=container_number,
        variance=Measure(
            containers=case.variance_containers,
            amount_ug=case.variance_ug,
            strength=strength_of(lot),
        ),
        discovered_at=case.discovered_at,
        state=case.state,
        source_id=case.source_id,
        position=case.position,
    )
