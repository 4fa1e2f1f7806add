"""Stock comes in: the initial inventory and deliveries, by the pharmacist."""

from datetime import date, datetime
from itertools import count
from typing import Any

from inventory.catalog.commands import load_catalogue
from inventory.kernel.actors import Actor
from inventory.models.receiving import InitialInventory
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
from tests.clinic import MONDAY, Clinic
from tests.steps.books import Books

KETAMINE_50 = "42023-114-10"  # 500 mg in 10 mL
KETAMINE_100 = "42023-115-10"  # 500 mg in 5 mL
ESKETAMINE = "50458-028-00"  # a device of 28 mg
VIAL_SCAN = "01003420231141051728123110ABC123"
CARTON_SCAN = "01103420231141021728123110ABC123"
EXPIRES_ON = date(2028, 12, 31)

_invoices = count(1)


def vials(containers: int | None, **changes: Any) -> EnteredLine:
    """Vials of 500 mg / 10 mL, counted one by one."""
    fields: dict[str, Any] = {
        "code": KETAMINE_50,
        "lot": "ABC123",
        "expires_on": EXPIRES_ON,
        "containers": containers,
    }
    return EnteredLine(**(fields | changes))


class DeliverySteps(Books):
    """A clinic that knows the catalogue and receives."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__(clinic)
        with clinic.database.transaction() as db:
            load_catalogue(db)

    def take_inventory(
        self,
        *lines: OnHandLine,
        taken_on: date = MONDAY,
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
        who = actor or self.clinic.pharmacist
        return self._carry_out(take_initial_inventory, command, who)

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
        who = actor or self.clinic.pharmacist
        return self._carry_out(record_receipt, command, who)

    def stock(
        self,
        ndc: str = KETAMINE_50,
        *,
        vials: int = 1,
        lot: str = "A1",
        expires_on: date = EXPIRES_ON,
        location_id: str | None = None,
    ) -> list[str]:
        """Receive containers of one lot; gives their ids in number order.

        A book that is still empty starts with a zero inventory.
        """
        with self.clinic.database.reading() as db:
            started = db.get(InitialInventory, self.clinic.registration_id)
        if started is None:
            self.take_inventory()
        line = EnteredLine(code=ndc, lot=lot, expires_on=expires_on, containers=vials)
        receipt = self.receive(
            line,
            location_id=location_id or self.clinic.vault,
            invoice_number=f"STOCK-{next(_invoices)}",
        )
        return [container.id for container in receipt.lines[0].containers]
