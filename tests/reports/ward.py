"""A clinic at work, through its own handlers: the books that reports are made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import event

from inventory.receiving.commands import ReceiptRecorded
from reports import gather_ledger, perpetual_ledger
from reports.gather_ledger import LedgerAsked
from reports.ledger_data import LedgerLine
from tests.clinic import MONDAY, Clinic
from tests.signing import prover
from tests.steps import Steps
from tests.steps.counts import lot, reading
from tests.steps.deliveries import vials

PATIENT = "PT-20931-A"


class Ward:
    """Deliveries, sessions and counts of one clinic, from an empty shelf on."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.steps = Steps(clinic)
        self._invoices = count(1)
        self.steps.take_inventory()

    def receive(self, containers: int, **changes: Any) -> ReceiptRecorded:
        """Receive vials of 500 mg / 10 mL into the vault."""
        invoice = f"INV-{next(self._invoices)}"
        line = vials(containers, **changes)
        return self.steps.receive(line, invoice_number=invoice)

    def treat(self, container_id: str) -> str:
        """Draw 50 mg from a vial in use, give 35.65 mg, waste the rest; close."""
        session_id = self.steps.open_session(patient_ref=PATIENT).session_id
        self.steps.draw(session_id, (container_id, "1 mL"))
        self.steps.give(session_id, "35.65 mg")
        self.steps.witness(self.steps.ask(session_id, "14.35 mg"))
        self.steps.close(session_id)
        return session_id

    def work(self) -> ReceiptRecorded:
        """Receive ten vials, open the first and treat one patient from it."""
        received = self.receive(10)
        first = received.lines[0].containers[0].id
        self.steps.open_container(first)
        self.treat(first)
        return received

    def reconcile_short_of_a_vial(self) -> str:
        """Work, lose a sealed vial, count the vault and reconcile the day."""
        lot_id = self.work().lines[0].lot_id
        self.steps.count([lot(lot_id, 8)], [reading(1, "9 mL")])
        return self.steps.reconcile().reconciliation_id

    def asked(self, product_id: str, **changes: Any) -> LedgerAsked:
        """Ask for a product's ledger of today."""
        days = {"first_day": MONDAY, "last_day": MONDAY}
        here = self.clinic.registration_id
        return LedgerAsked(
            registration_id=here, product_id=product_id, **(days | changes)
        )

    def print_ledger(self, product_id: str) -> bytes:
        """Print a product's ledger of today."""
        with self.clinic.database.reading() as db:
            data = gather_ledger.gather(
                db,
                self.asked(product_id),
                generated_at=self.clinic.clock.now(),
                generated_by="Olga Officer",
                prover=prover(self.clinic),
            )
            return perpetual_ledger.render(data)

    def lines(self, product_id: str, **days: date) -> list[LedgerLine]:
        """Give the lines of a product's ledger."""
        with self.clinic.database.reading() as db:
            data = gather_ledger.gather(
                db,
                self.asked(product_id, **days),
                generated_at=self.clinic.clock.now(),
                generated_by="Olga Officer",
                prover=prover(self.clinic),
            )
            return list(data.lines)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the statements that are sent to the database."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        engine = self.clinic.database.engine
        event.listen(engine, "before_cursor_execute", note)
        yield sent
        event.remove(engine, "before_cursor_execute", note)
