"""Read what came in: the initial inventory and the receipts."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.receiving import InitialInventory, Receipt
from inventory.receiving.lines import NumberedLine, Supplier, line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSummary:
    """One delivery, without its lines."""

    receipt_id: str
    position: int
    location_id: str
    supplier: Supplier
    invoice_number: str
    ordered_on: date | None
    shipped_on: date | None
    received_at: datetime
    containers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView(ReceiptSummary):
    """One delivery as the journal tells it."""

    received_by: str
    recorded_at: datetime
    lines: list[NumberedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialInventoryView:
    """The initial inventory as the journal tells it."""

    inventory_id: str
    position: int
    taken_on: date
    moment: str
    containers: int
    recorded_by: str
    recorded_at: datetime
    lines: list[NumberedLine]


def list_receipts(
    db: Session, registration_id: str, *, limit: int, before: int | None = None
) -> list[ReceiptSummary]:
    """Give the receipts of a registration, the latest entry first.

    Args:
        db: the open transaction.
        registration_id: whose books.
        limit: how many at most.
        before: only entries before this position: the last one of the page before.
    """
    query = select(Receipt).where(Receipt.registration_id == registration_id)
    if before is not None:
        query = query.where(Receipt.position < before)
    rows = db.scalars(query.order_by(Receipt.position.desc()).limit(limit))
    return [ReceiptSummary(**_summary(row)) for row in rows]


def read_receipt(db: Session, registration_id: str, receipt_id: str) -> ReceiptView:
    """Give one receipt with its lines and the numbers of its containers.

    Raises:
        InventoryError: NOT_FOUND, also for a receipt of another registration.
    """
    row = db.get(Receipt, receipt_id)
    if row is None or row.registration_id != registration_id:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This site has no such receipt. Choose one from the list.",
            field="receipt_id",
        )
    told = _told(db, registration_id, row.position)
    return ReceiptView(
        **_summary(row),
        received_by=told["actor"]["name"],
        recorded_at=datetime.fromisoformat(told["recorded_at"]),
        lines=[line_of(line) for line in told["data"]["lines"]],
    )


def read_initial_inventory(db: Session, registration_id: str) -> InitialInventoryView:
    """Give the initial inventory of a registration.

    Raises:
        InventoryError: INITIAL_INVENTORY_MISSING.
    """
    row = db.get(InitialInventory, registration_id)
    if row is None:
        raise InventoryError(
            ErrorCode.INITIAL_INVENTORY_MISSING,
            "The initial inventory was not taken yet. Take it first.",
        )
    told = _told(db, registration_id, row.position)
    return InitialInventoryView(
        inventory_id=row.id,
        position=row.position,
        taken_on=row.taken_on,
        moment=row.moment,
        containers=row.containers,
        recorded_by=told["actor"]["name"],
        recorded_at=datetime.fromisoformat(told["recorded_at"]),
        lines=[line_of(line) for line in told["data"]["lines"]],
    )


def _summary(row: Receipt) -> dict[str, Any]:
    return {
        "receipt_id": row.id,
        "position": row.position,
        "location_id": row.location_id,
        "supplier": Supplier(
            name=row.supplier_name,
            address=row.supplier_address,
            dea_number=row.supplier_dea_number,
        ),
        "invoice_number": row.invoice_number,
        "ordered_on": row.ordered_on,
        "shipped_on": row.shipped_on,
        "received_at": row.received_at,
        "containers": row.containers,
    }


def _told(db: Session, book_id: str, position: int) -> dict[str, Any]:
    """Read the very bytes of an entry: they, not the tables, are the record."""
    (event,) = book.read(db, book_id, after=position - 1, until=position)
    told: dict[str, Any] = json.loads(event.body)
    return told
