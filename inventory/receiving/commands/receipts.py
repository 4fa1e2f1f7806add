"""Receipts: a delivery from a supplier enters the books."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock, civil_day, zone
from inventory.kernel.codes import parse_dea_number
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.ledger.accounts import supplier
from inventory.ledger.containers import lock_registration
from inventory.ledger.post import post
from inventory.models.receiving import InitialInventory, Receipt
from inventory.models.sites import Location, Registration
from inventory.receiving import rules
from inventory.receiving.intake import (
    IntakeLine,
    find_location,
    number_lines,
    posting_into_stock,
    read_lines,
)
from inventory.receiving.lines import NumberedLine, Supplier
from inventory.receiving.rules import EnteredLine, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReceipt:
    """Record a delivery (21 CFR 1304.22(a)(2)(iv); AC-16, AC-18)."""

    registration_id: str
    location_id: str
    supplier_name: str
    supplier_address: str
    supplier_dea_number: str
    invoice_number: str
    received_at: datetime
    ordered_on: date | None = None
    shipped_on: date | None = None
    lines: tuple[EnteredLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecorded:
    """The receipt, with the number to write on every container."""

    receipt_id: str
    supplier: Supplier
    invoice_number: str
    received_at: datetime
    containers: int
    lines: tuple[NumberedLine, ...]
    recorded: Appended


def record_receipt(
    db: Session, command: RecordReceipt, *, actor: Actor, clock: Clock
) -> ReceiptRecorded:
    """Number every container of a delivery and put it into stock.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, TIME_IN_FUTURE, TIME_TOO_OLD,
            INVALID_FIELD, INVALID_CODE, ALREADY_EXISTS (this supplier's invoice),
            INITIAL_INVENTORY_MISSING, LOT_EXPIRED, LOT_EXPIRY_DIFFERS, or as
            `read_lines`.
    """
    require_permission(actor, Permission.RECEIVE, command.registration_id)
    registration = lock_registration(db, command.registration_id)
    source = _supplier(command)
    received_at = resolve_occurred_at(
        command.received_at, clock.now(), field="received_at"
    )
    received_on = _require_dates(db, registration, command, received_at)
    _require_new_invoice(db, command, source)
    place = find_location(db, registration.id, command.location_id, field="location_id")
    intake = _read(db, command, place, received_on)
    lines = tuple(number_lines(db, registration, intake, at=received_at))
    event = AuditEvent(
        book_id=registration.id,
        tag=Tag.RECEIPT_RECORDED,
        subject=new_id("rcp", clock.now()),
        actor=actor,
        occurred_at=received_at,
        data=_snapshot(command, source, place, lines),
    )
    posting = posting_into_stock(lines, source=supplier(event.subject))
    recorded = post(db, posting, event=event, clock=clock)
    receipt = _row(command, source, event, containers=_count(lines))
    receipt.position = recorded.position
    db.add(receipt)
    db.flush()
    return ReceiptRecorded(
        receipt_id=receipt.id,
        supplier=source,
        invoice_number=receipt.invoice_number,
        received_at=received_at,
        containers=receipt.containers,
        lines=lines,
        recorded=recorded,
    )


def _supplier(command: RecordReceipt) -> Supplier:
    number = parse_dea_number(command.supplier_dea_number, field="supplier_dea_number")
    return Supplier(
        name=command.supplier_name,
        address=command.supplier_address,
        dea_number=str(number),
    )


def _require_dates(
    db: Session,
    registration: Registration,
    command: RecordReceipt,
    received_at: datetime,
) -> date:
    """Check the three dates and the initial inventory; give the day received."""
    site_zone = zone(registration.time_zone, field="time_zone")
    received_on = civil_day(received_at, site_zone)
    rules.require_dates_in_order(command.ordered_on, command.shipped_on, received_on)
    inventory = db.get(InitialInventory, registration.id)
    if inventory is None:
        raise InventoryError(
            ErrorCode.INITIAL_INVENTORY_MISSING,
            "Nothing can be received before the initial inventory. Take it first; "
            "if nothing is on hand, take it without lines.",
        )
    rules.require_after_inventory(
        received_on, inventory.taken_on, Moment(inventory.moment)
    )
    return received_on


def _require_new_invoice(db: Session, command: RecordReceipt, source: Supplier) -> None:
    known = db.scalar(
        select(Receipt).where(
            Receipt.registration_id == command.registration_id,
            Receipt.supplier_dea_number == source.dea_number,
            Receipt.invoice_number == command.invoice_number,
        )
    )
    if known is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"Invoice {known.invoice_number} of {known.supplier_name} is in the books "
            f"already, as entry {known.position}. Look there before you receive twice.",
            field="invoice_number",
            receipt_id=known.id,
            position=known.position,
        )


def _read(
    db: Session, command: RecordReceipt, place: Location, received_on: date
) -> list[IntakeLine]:
    intake = read_lines(db, [(line, place) for line in command.lines], at_least=1)
    for line in intake:
        rules.require_not_expired(line.label.expires_on, received_on, at=line.at)
    return intake


def _snapshot(
    command: RecordReceipt,
    source: Supplier,
    place: Location,
    lines: tuple[NumberedLine, ...],
) -> dict[str, Any]:
    return {
        "supplier": asdict(source),
        "invoice_number": command.invoice_number,
        "ordered_on": _day(command.ordered_on),
        "shipped_on": _day(command.shipped_on),
        "location": {"id": place.id, "name": place.name},
        "containers": _count(lines),
        "lines": [line.snapshot() for line in lines],
    }


def _row(
    command: RecordReceipt, source: Supplier, event: AuditEvent, *, containers: int
) -> Receipt:
    return Receipt(
        id=event.subject,
        registration_id=event.book_id,
        location_id=command.location_id,
        supplier_name=source.name,
        supplier_address=source.address,
        supplier_dea_number=source.dea_number,
        invoice_number=command.invoice_number,
        ordered_on=command.ordered_on,
        shipped_on=command.shipped_on,
        received_at=event.occurred_at,
        containers=containers,
        received_by=event.actor.id,
    )


def _count(lines: tuple[NumberedLine, ...]) -> int:
    return sum(len(line.containers) for line in lines)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
