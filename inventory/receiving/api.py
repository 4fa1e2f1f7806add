"""What comes in, over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.receiving import queries
from inventory.receiving.commands import (
    InitialInventoryTaken,
    OnHandLine,
    ReceiptRecorded,
    RecordReceipt,
    TakeInitialInventory,
    record_receipt,
    take_initial_inventory,
)
from inventory.receiving.rules import EnteredLine
from inventory.receiving.schemas import (
    InitialInventoryTakenView,
    InitialInventoryView,
    ReceiptPageSchema,
    ReceiptRecordedView,
    ReceiptSummaryView,
    ReceiptView,
    RecordReceiptSchema,
    TakeInitialInventorySchema,
)
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

blueprint = make_blueprint(
    "receiving", "The initial inventory, and receipts from suppliers."
)


@writes(
    blueprint,
    "/initial-inventory",
    Permission.TAKE_INITIAL_INVENTORY,
    takes=TakeInitialInventorySchema,
    answers=InitialInventoryTakenView,
    signs=True,
)
def post_initial_inventory(edge: Edge, fields: dict[str, Any]) -> InitialInventoryTaken:
    """Take the initial inventory, once; nothing is received before it."""
    lines = tuple(OnHandLine(**line) for line in fields.pop("lines"))
    command = TakeInitialInventory(
        registration_id=edge.registration_id, lines=lines, **fields
    )
    return take_initial_inventory(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/initial-inventory",
    Permission.READ_BOOKS,
    answers=InitialInventoryView,
)
def get_initial_inventory(edge: Edge) -> queries.InitialInventoryView:
    """Look up the initial inventory."""
    return queries.read_initial_inventory(edge.db, edge.registration_id)


@writes(
    blueprint,
    "/receipts",
    Permission.RECEIVE,
    takes=RecordReceiptSchema,
    answers=ReceiptRecordedView,
    signs=True,
)
def post_receipt(edge: Edge, fields: dict[str, Any]) -> ReceiptRecorded:
    """Record a delivery; the answer gives every container its number."""
    lines = tuple(EnteredLine(**line) for line in fields.pop("lines"))
    command = RecordReceipt(registration_id=edge.registration_id, lines=lines, **fields)
    return record_receipt(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/receipts",
    Permission.READ_BOOKS,
    takes=ReceiptPageSchema,
    answers=ReceiptSummaryView,
    many=True,
)
def list_receipts(edge: Edge, page: dict[str, Any]) -> list[queries.ReceiptSummary]:
    """List receipts, the latest entry first."""
    return queries.list_receipts(edge.db, edge.registration_id, **page)


@reads(blueprint, "/receipts/<receipt_id>", Permission.READ_BOOKS, answers=ReceiptView)
def get_receipt(edge: Edge, receipt_id: str) -> queries.ReceiptView:
    """Look up a receipt with the numbers of its containers."""
    return queries.read_receipt(edge.db, edge.registration_id, receipt_id)
