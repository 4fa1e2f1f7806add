"""Supervised sessions in tests: stock of any product, and one call for each step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import pytest

from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Proof
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger import accounts, containers
from inventory.ledger.accounts import Account
from inventory.ledger.balances import balance_ug
from inventory.ledger.post import post
from inventory.ledger.postings import move
from inventory.models.catalog import Product
from inventory.models.containers import Container, Lot
from inventory.sessions import commands as sessions
from inventory.sessions.rules import Indication, Route
from inventory.waste import commands as waste
from inventory.waste.rules import Manner
from tests.clinic import Clinic

KETAMINE_50 = "42023-114-10"
KETAMINE_100 = "42023-115-05"
ESKETAMINE = "50458-028-02"
_PRODUCTS = {
    KETAMINE_50: ("Ketamine 50 mg/mL, 10 mL", "solution", 50_000, 10_000_000, 500_000),
    KETAMINE_100: ("Ketamine 100 mg/mL, 5 mL", "solution", 100_000, 5_000_000, 500_000),
    ESKETAMINE: ("Esketamine 28 mg device", "device", 28_000, None, 28_000),
}
R = TypeVar("R")
EXPIRES_ON = date(2028, 1, 31)


@contextmanager
def refused(code: ErrorCode, at: str | None = None) -> Iterator[None]:
    """Expect a refusal with a code, naming a field."""
    with pytest.raises(InventoryError) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (code, at)


@dataclass
class Supervised:
    """A clinic in which sessions are run; each call is one transaction."""

    clinic: Clinic
    _receipts: int = field(default=0, init=False)

    def stock(
        self,
        ndc: str = KETAMINE_50,
        *,
        vials: int = 1,
        lot: str = "A1",
        expires_on: date = EXPIRES_ON,
        location_id: str | None = None,
    ) -> list[str]:
        """Put sealed containers on a shelf; gives their ids in number order."""
        at, place = self.clinic.clock.now(), location_id or self.clinic.vault
        self._receipts += 1
        with self.clinic.database.transaction() as db:
            product = db.get(Product, f"prd_{ndc}") or _product(ndc)
            db.add(product)
            db.flush()
            site = containers.lock_registration(db, self.clinic.registration_id)
            label = containers.LotLabel(product=product, lot=lot, expires_on=expires_on)
            row = containers.find_or_add_lot(db, site.id, label, at=at, field="lot")
            numbered = containers.number_containers(
                db, site, [(row, vials)], location_id=place, at=at
            )
            posting = move(
                [containers.portion(each, product.nominal_ug) for each in numbered],
                out_of=accounts.supplier(f"rcp_{self._receipts}"),
                into=accounts.stock(place),
            )
            post(db, posting, event=self._received(row), clock=self.clinic.clock)
            return [each.id for each in numbered]

    def open_session(
        self, actor: Actor | None = None, **changes: Any
    ) -> sessions.SessionOpened:
        """Open a session of a patient of 71.3 kg."""
        fields: dict[str, Any] = {
            "registration_id": self.clinic.registration_id,
            "patient_ref": "PT-20931-A",
            "indication": Indication.MOOD_DISORDER,
            "clinician_id": self.clinic.clinician.id,
            "weight_kg": "71.3",
            "route": Route.IV,
            "protocol": "Depression IV, 0.5 mg/kg over 40 min",
        }
        command = sessions.OpenSession(**(fields | changes))
        return self._run(sessions.open_session, command, actor)

    def open_container(
        self,
        container_id: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> sessions.ContainerOpened:
        """Take a sealed vial into use."""
        command = sessions.OpenContainer(
            registration_id=self.clinic.registration_id,
            container_id=container_id,
            occurred_at=occurred_at,
        )
        return self._run(sessions.open_container, command, actor)

    def retire(
        self, container_id: str, *, actor: Actor | None = None
    ) -> sessions.ContainerRetired:
        """Retire a vial in use."""
        command = sessions.RetireContainer(
            registration_id=self.clinic.registration_id, container_id=container_id
        )
        return self._run(sessions.retire_container, command, actor)

    def draw(
        self,
        session_id: str,
        *lines: tuple[str, str],
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> sessions.Drawn:
        """Draw amounts from containers."""
        command = sessions.Draw(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            lines=[
                sessions.DrawLine(container_id=container_id, amount=amount)
                for container_id, amount in lines
            ],
            occurred_at=occurred_at,
        )
        return self._run(sessions.draw, command, actor)

    def give(
        self,
        session_id: str,
        amount: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> sessions.Administered:
        """Give an amount to the patient."""
        command = sessions.Administer(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            amount=amount,
            occurred_at=occurred_at,
        )
        return self._run(sessions.administer, command, actor)

    def close(
        self,
        session_id: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> sessions.SessionClosed:
        """Close a session."""
        command = sessions.CloseSession(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            occurred_at=occurred_at,
        )
        return self._run(sessions.close_session, command, actor)

    def ask(
        self,
        session_id: str,
        amount: str,
        *,
        place: str | None = None,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> waste.WasteRequested:
        """Ask for a witness."""
        command = waste.RequestWaste(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            amount=amount,
            manner=Manner.SEQUESTRATION_DEVICE,
            place=place,
            occurred_at=occurred_at,
        )
        return self._run(waste.request_waste, command, actor)

    def witness(
        self,
        asked: waste.WasteRequested,
        *,
        proof: Proof | None = None,
        actor: Actor | None = None,
    ) -> waste.WasteWitnessed:
        """Let the colleague sign exactly what was asked."""
        command = waste.WitnessWaste(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            witness=proof or self.clinic.proof(self.clinic.colleague, asked.digest),
        )
        return self._run(waste.witness_waste, command, actor)

    def cancel(
        self,
        asked: waste.WasteRequested,
        *,
        reason: str = "Given after all",
        actor: Actor | None = None,
    ) -> waste.WasteCancelled:
        """Withdraw a request."""
        command = waste.CancelWaste(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            reason=reason,
        )
        return self._run(waste.cancel_waste, command, actor)

    def drawn_session(self, amount: str = "1 mL") -> str:
        """Run a session up to its first draw, from a new vial; gives its id."""
        (vial,) = self.stock()
        self.open_container(vial)
        session_id = self.open_session().session_id
        self.draw(session_id, (vial, amount))
        return session_id

    def balance_ug(self, account: Account) -> int:
        """Give what an account holds now."""
        with self.clinic.database.reading() as db:
            return balance_ug(db, self.clinic.registration_id, account)

    def state_of(self, container_id: str) -> str:
        """Give the state of a container now."""
        with self.clinic.database.reading() as db:
            return db.get_one(Container, container_id).state

    def _run(
        self, handler: Callable[..., R], command: object, actor: Actor | None
    ) -> R:
        clock = self.clinic.clock
        with self.clinic.database.transaction() as db:
            return handler(
                db, command, actor=actor or self.clinic.clinician, clock=clock
            )

    def _received(self, lot: Lot) -> AuditEvent:
        line = {
            "lot_id": lot.id,
            "ug_per_unit": lot.ug_per_unit,
            "nominal_ug": lot.nominal_ug,
        }
        return AuditEvent(
            book_id=self.clinic.registration_id,
            tag=Tag.RECEIPT_RECORDED,
            subject=f"rcp_{self._receipts}",
            actor=self.clinic.pharmacist,
            occurred_at=self.clinic.clock.now(),
            data={"lines": [line]},
        )


def _product(ndc: str) -> Product:
    name, form, ug_per_unit, fill_nl, nominal_ug = _PRODUCTS[ndc]
    return Product(
        id=f"prd_{ndc}",
        ndc=ndc,
        name=name,
        labeler="Par",
        substance="ketamine",
        dea_schedule="C-III",
        species="human",
        form=form,
        ug_per_unit=ug_per_unit,
        fill_nl=fill_nl,
        nominal_ug=nominal_ug,
        source="test",
    )
