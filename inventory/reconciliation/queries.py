"""Reads of reconciliations: their figures as of a known position, and the list.

The number of statements does not grow with containers, lots or history; it does with
places counted and sessions that still hold a draw, which are few.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from inventory.discrepancies.queries import DiscrepancyView, list_discrepancies
from inventory.journal import book
from inventory.kernel.clock import period_bounds, zone
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import Kind
from inventory.models.containers import Lot
from inventory.models.people import Person
from inventory.models.reconciliation import Reconciliation
from inventory.models.sites import Location, Registration
from inventory.reconciliation.assembly import Material, partly_used, product_figures
from inventory.reconciliation.books import (
    Span,
    container_numbers,
    draws_held,
    moved_sums,
    opening_sums,
)
from inventory.reconciliation.counts_used import counts_used
from inventory.reconciliation.figures import (
    CountFigures,
    DiscrepancyFigures,
    ReconciliationFigures,
)
from inventory.reconciliation.rules import Quantity, Sum, close


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationView:
    """A reconciliation that was made, without its figures."""

    reconciliation_id: str
    first_day: date
    last_day: date
    known_position: int
    position: int
    made_by: str
    made_at: datetime


def gather_figures(
    db: Session,
    registration: Registration,
    first_day: date,
    last_day: date,
    *,
    known_position: int,
) -> ReconciliationFigures:
    """Gather the figures of a period, as the book was known at a position.

    The same arguments give the same figures, whatever was recorded since (AC-60).

    Args:
        db: the open transaction.
        registration: whose book.
        first_day: first civil day in the site's zone.
        last_day: last civil day, included.
        known_position: leave out everything recorded after it.

    Raises:
        InventoryError: INVALID_FIELD when the last day is before the first.
    """
    site_zone = zone(registration.time_zone, field="time_zone")
    start, end = period_bounds(first_day, last_day, site_zone)
    span = Span(
        registration_id=registration.id,
        start=start,
        end=end,
        known_position=known_position,
    )
    material = _material(db, span)
    cases = list_discrepancies(db, registration.id, known_position=known_position)
    return ReconciliationFigures(
        registration_id=registration.id,
        first_day=first_day,
        last_day=last_day,
        time_zone=registration.time_zone,
        start=start,
        end=end,
        known_position=known_position,
        root=book.root_at(db, registration.id, known_position),
        products=product_figures(material),
        counts=tuple(material.counts),
        places_not_counted=_places_not_counted(material),
        discrepancies=tuple(
            # A case cannot close yet: what was opened by then was open then.
            _case(each)
            for each in sorted(cases, key=lambda case: case.number)
        ),
    )


def list_reconciliations(db: Session, registration_id: str) -> list[ReconciliationView]:
    """List the reconciliations of a book, the latest first."""
    query = _views(registration_id).order_by(Reconciliation.position.desc())
    return [_view(*row) for row in db.execute(query)]


def get_reconciliation(
    db: Session, registration_id: str, reconciliation_id: str
) -> tuple[ReconciliationView, ReconciliationFigures]:
    """Give a reconciliation with its figures, made again from the books.

    Raises:
        InventoryError: NOT_FOUND, for a reconciliation of another book too.
    """
    query = _views(registration_id).where(Reconciliation.id == reconciliation_id)
    row = db.execute(query).one_or_none()
    if row is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such reconciliation at this site. Look it up in the list.",
        )
    view = _view(*row)
    figures = gather_figures(
        db,
        db.get_one(Registration, registration_id),
        view.first_day,
        view.last_day,
        known_position=view.known_position,
    )
    return view, figures


def _material(db: Session, span: Span) -> Material:
    opening, moved = opening_sums(db, span), moved_sums(db, span)
    closing = close(opening, moved)
    counts = counts_used(db, span)
    book_id = span.registration_id
    lots = db.scalars(select(Lot).where(Lot.registration_id == book_id))
    lot_of = {lot.id: lot for lot in lots}
    places = db.scalars(select(Location).where(Location.registration_id == book_id))
    singled_out = partly_used(lot_of, closing) | _counted_by_themselves(counts)
    return Material(
        lots=lot_of,
        places={place.id: place.name for place in places},
        numbers=container_numbers(db, singled_out),
        opening=opening,
        moved=moved,
        counts=counts,
        drawn=draws_held(db, span, closing),
    )


def _counted_by_themselves(counts: Iterable[CountFigures]) -> set[str]:
    return {
        line.container_id
        for count in counts
        for line in count.lines
        if line.container_id is not None
    }


def _places_not_counted(material: Material) -> tuple[str, ...]:
    """Name the places that held or moved stock in the period and were not counted."""
    sums: tuple[Sum, ...] = (*material.opening, *material.moved)
    places = {each.holder_id for each in sums if each.kind is Kind.STOCK}
    places -= {count.location_id for count in material.counts}
    return tuple(sorted(material.places[each] for each in places))


def _case(case: DiscrepancyView) -> DiscrepancyFigures:
    return DiscrepancyFigures(
        label=case.label,
        place=case.place,
        product_name=case.product_name,
        strength=case.variance.strength,
        lot=case.lot,
        container_number=case.container_number,
        variance=Quantity(case.variance.amount_ug, case.variance.containers),
        discovered_at=case.discovered_at,
    )


def _views(registration_id: str) -> Select[Reconciliation, str]:
    return (
        select(Reconciliation, Person.name)
        .join(Person, Person.id == Reconciliation.made_by)
        .where(Reconciliation.registration_id == registration_id)
    )


def _view(row: Reconciliation, made_by: str) -> ReconciliationView:
    return ReconciliationView(
        reconciliation_id=row.id,
        first_day=row.first_day,
        last_day=row.last_day,
        known_position=row.known_position,
        position=row.position,
        made_by=made_by,
        made_at=row.made_at,
    )
