"""Stock for tests of the books themselves, below the features that receive it."""

from datetime import date

from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.identifiers import new_id
from inventory.ledger import accounts, containers
from inventory.ledger.post import post
from inventory.ledger.postings import move
from inventory.models.catalog import Product
from tests.clinic import Clinic

VIAL_UG = 500_000
UG_PER_ML = 50_000


def put_on_shelf(clinic: Clinic, *, vials: int) -> list[str]:
    """Put numbered vials of 500 mg / 10 mL into the vault; gives their ids."""
    at = clinic.clock.now()
    with clinic.database.transaction() as db:
        product = Product(
            id=new_id("prd", at),
            ndc="42023-114-10",
            name="Ketamine 50 mg/mL, 10 mL",
            labeler="Par",
            substance="ketamine",
            dea_schedule="C-III",
            species="human",
            form="solution",
            ug_per_unit=UG_PER_ML,
            fill_nl=10_000_000,
            nominal_ug=VIAL_UG,
            source="test",
        )
        db.add(product)
        db.flush()
        registration = containers.lock_registration(db, clinic.registration_id)
        label = containers.LotLabel(
            product=product, lot="A1", expires_on=date(2028, 1, 31)
        )
        lot = containers.find_or_add_lot(db, registration.id, label, at=at, field="lot")
        numbered = containers.number_containers(
            db, registration, [(lot, vials)], location_id=clinic.vault, at=at
        )
        posting = move(
            [containers.portion(each, VIAL_UG) for each in numbered],
            out_of=accounts.opening("inv_test"),
            into=accounts.stock(clinic.vault),
        )
        event = AuditEvent(
            book_id=registration.id,
            tag=Tag.INITIAL_INVENTORY_TAKEN,
            subject="inv_test",
            actor=clinic.pharmacist,
            occurred_at=at,
        )
        post(db, posting, event=event, clock=clinic.clock)
        return [each.id for each in numbered]
