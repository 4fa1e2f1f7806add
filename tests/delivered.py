"""Deliveries in tests: a clinic with a catalogue, and one call for each way in."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inventory.catalog.commands import load_catalogue
from inventory.journal import book
from inventory.kernel.actors import Actor
from inventory.ledger.accounts import stock
from inventory.ledger.balances import balance_ug
from inventory.receiving.commands import (
    InitialInventoryTaken,
    OnHandLine,
    ReceiptRecorded,
    RecordReceipt,
    TakeInitialInventory,
    record_receipt,
    take_initial_inventory,
)
from inventory.receiving.rules import EnteredLine, Moment
from tests.clinic import Clinic

TODAY = date(2026, 11, 2)
EXPIRES_ON = date(2028, 12, 31)
VIAL_SCAN = "01003420231141051728123110ABC123"
CARTON_SCAN = "01103420231141021728123110ABC123"


def vials(containers: int | None, **changes: Any) -> EnteredLine:
    """Vials of 500 mg / 10 mL, counted one by one."""
    fields: dict[str, Any] = {
        "code": "42023-114-10",
        "lot": "ABC123",
        "expires_on": EXPIRES_ON,
        "containers": containers,
    }
    return EnteredLine(**(fields | changes))


@dataclass
class Delivered:
    """A clinic that receives; each call is one transaction."""

    clinic: Clinic

    def __post_init__(self) -> None:
        with self.clinic.database.transaction() as db:
            load_catalogue(db)

    def take_inventory(
        self,
        *lines: OnHandLine,
        taken_on: date = TODAY,
        moment: Moment = Moment.OPENING,
        actor: Actor | None = None,
    ) -> InitialInventoryTaken:
        """Take the initial inventory; a zero one unless lines are given."""
        command = TakeInitialInventory(
            registration_id=self.clinic.registration_id,
            taken_on=taken_on,
            moment=moment,
            lines=lines,
        )
        with self.clinic.database.transaction() as db:
            return take_initial_inventory(
                db,
                command,
                actor=actor or self.clinic.pharmacist,
                clock=self.clinic.clock,
            )

    def receive(
        self,
        *lines: EnteredLine,
        actor: Actor | None = None,
        received_at: datetime | None = None,
        **changes: Any,
    ) -> ReceiptRecorded:
        """Receive lines on an invoice."""
        fields: dict[str, Any] = {
            "registration_id": self.clinic.registration_id,
            "location_id": self.clinic.vault,
            "supplier_name": "Wholesale Pharma",
            "supplier_address": "9 Depot Road, Albany, NY 12201",
            "supplier_dea_number": "PA1234563",
            "invoice_number": "INV-1",
            "ordered_on": date(2026, 10, 29),
            "shipped_on": date(2026, 10, 30),
            "received_at": received_at or self.clinic.clock.now(),
            "lines": lines,
        }
        command = RecordReceipt(**(fields | changes))
        with self.clinic.database.transaction() as db:
            return record_receipt(
                db,
                command,
                actor=actor or self.clinic.pharmacist,
                clock=self.clinic.clock,
            )

    def told(self, position: int) -> dict[str, Any]:
        """Give what an entry of the journal says, from its very bytes."""
        book_id = self.clinic.registration_id
        with self.clinic.database.reading() as db:
            (entry,) = book.read(db, book_id, after=position - 1, until=position)
            told: dict[str, Any] = json.loads(entry.body)
            return told

    def in_stock_ug(self, location_id: str) -> int:
        """Give what the books hold in a place."""
        book_id = self.clinic.registration_id
        with self.clinic.database.reading() as db:
            return balance_ug(db, book_id, stock(location_id))
