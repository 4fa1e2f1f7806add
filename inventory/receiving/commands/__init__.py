"""The two ways in which stock enters the books, one file each."""

from inventory.receiving.commands.inventory import (
    InitialInventoryTaken,
    OnHandLine,
    TakeInitialInventory,
    take_initial_inventory,
)
from inventory.receiving.commands.receipts import (
    ReceiptRecorded,
    RecordReceipt,
    record_receipt,
)

__all__ = [
    "InitialInventoryTaken",
    "OnHandLine",
    "ReceiptRecorded",
    "RecordReceipt",
    "TakeInitialInventory",
    "record_receipt",
    "take_initial_inventory",
]
