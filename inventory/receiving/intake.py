"""From lines as entered to numbered containers: what both ways in have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import Account, stock
from inventory.ledger.containers import LotLabel, find_or_add_lot, number_containers
from inventory.ledger.labels import resolve_code
from inventory.ledger.postings import Leg, Posting
from inventory.models.sites import Location, Registration
from inventory.receiving import rules
from inventory.receiving.lines import NumberedContainer, NumberedLine
from inventory.receiving.rules import EnteredLine


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLine:
    """A line whose label was understood; `at` names it in errors."""

    label: LotLabel
    containers: int
    location: Location
    at: str


def find_location(
    db: Session, registration_id: str, location_id: str, *, field: str
) -> Location:
    """Give a place that may receive stock (AC-24).

    Raises:
        InventoryError: NOT_FOUND.
    """
    location = db.get(Location, location_id)
    if (
        location is None
        or location.registration_id != registration_id
        or location.closed_at is not None
    ):
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This site has no such place for stock. Choose one from its list, "
            "or have it added with its lock.",
            field=field,
        )
    return location


def read_lines(
    db: Session, lines: Sequence[tuple[EnteredLine, Location]], *, at_least: int
) -> list[IntakeLine]:
    """Understand every line before anything is numbered.

    Raises:
        InventoryError: INVALID_CODE, AMBIGUOUS_CODE, PRODUCT_UNKNOWN, PRODUCT_DIFFERS,
            PACK_FACTOR_NEEDED, INVALID_FIELD.
    """
    rules.require_lines(len(lines), at_least=at_least)
    read = [
        _read(db, line, location, at=f"lines.{index}")
        for index, (line, location) in enumerate(lines)
    ]
    rules.require_total(sum(line.containers for line in read))
    return read


def number_lines(
    db: Session,
    registration: Registration,
    lines: Sequence[IntakeLine],
    *,
    at: datetime,
) -> list[NumberedLine]:
    """Give every container its number and its lot; the registration is locked.

    Raises:
        InventoryError: LOT_EXPIRY_DIFFERS.
    """
    return [_number(db, registration, line, at=at) for line in lines]


def posting_into_stock(lines: Sequence[NumberedLine], *, source: Account) -> Posting:
    """Move the label content of every container from its source to its place."""
    return Posting(
        leg
        for line in lines
        for container in line.containers
        for leg in (
            Leg(source, container.id, -line.nominal_ug, line.nominal_ug),
            Leg(
                stock(line.location_id),
                container.id,
                line.nominal_ug,
                line.nominal_ug,
            ),
        )
    )


def _read(db: Session, line: EnteredLine, location: Location, *, at: str) -> IntakeLine:
    read = rules.read_label(line, at=at)
    found = [resolve_code(db, text, field=field) for text, field in read.codes]
    rules.require_one_product([each.product.id for each in found], at=at)
    # A scan, where there is one, stands last and tells the package in hand.
    labelled = found[-1]
    return IntakeLine(
        label=LotLabel(
            product=labelled.product, lot=read.lot, expires_on=read.expires_on
        ),
        containers=rules.containers_of(line, labelled.pack_factors, at=at),
        location=location,
        at=at,
    )


def _number(
    db: Session, registration: Registration, line: IntakeLine, *, at: datetime
) -> NumberedLine:
    product, location = line.label.product, line.location
    field = f"{line.at}.expires_on"
    lot = find_or_add_lot(db, registration.id, line.label, at=at, field=field)
    containers = number_containers(
        db, registration, [(lot, line.containers)], location_id=location.id, at=at
    )
    return NumberedLine(
        location_id=location.id,
        location=location.name,
        product_id=product.id,
        product=lot.product_name,
        ndc=lot.ndc,
        substance=product.substance,
        dea_schedule=product.dea_schedule,
        form=lot.form,
        ug_per_unit=lot.ug_per_unit,
        nominal_ug=lot.nominal_ug,
        lot_id=lot.id,
        lot=lot.lot,
        expires_on=lot.expires_on,
        containers=tuple(
            NumberedContainer(id=each.id, number=each.number) for each in containers
        ),
    )
