"""The site next door: its own people, and one of everything that a site can have."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from inventory.kernel.actors import Role
from inventory.models.access import Alert
from inventory.models.containers import Lot
from inventory.models.counts import Count
from inventory.models.discrepancies import Discrepancy
from inventory.models.journal import Event
from inventory.models.receiving import Receipt
from inventory.models.reconciliation import Reconciliation
from tests.clinic import Clinic
from tests.staff import hire
from tests.steps import Steps
from tests.steps.counts import lot

# What all sites share: the catalogue of products.
SHARED: Final = frozenset({"products"})

_PEOPLE: Final[Mapping[str, Role]] = {
    "clinician": Role.CLINICIAN,
    "colleague": Role.WITNESS,
    "officer": Role.COMPLIANCE_OFFICER,
    "manager": Role.MANAGER,
    "administrator": Role.ADMINISTRATOR,
    "job": Role.SCHEDULED_JOB,
}


def next_door(clinic: Clinic) -> Steps:
    """Give the other registration as a clinic with people of its own."""
    there = clinic.elsewhere_id
    people: dict[str, Any] = {
        name: hire(clinic, f"N{number}", role, at=there)
        for number, (name, role) in enumerate(_PEOPLE.items())
    }
    site = replace(
        clinic,
        registration_id=there,
        vault=clinic.vault_elsewhere,
        procedure_room=clinic.vault_elsewhere,
        pharmacist=clinic.stranger,
        **people,
    )
    return Steps(site)


def furnish(ward: Steps, mark: str) -> Mapping[str, str]:
    """Let a site have one of everything; gives their ids by how addresses name them.

    Args:
        ward: the site.
        mark: stands in every name that people gave, to be found again.
    """
    vials = ward.stock(vials=3, lot=f"LOT-{mark}")
    ward.count([lot(id_of(ward, Lot), 2)])  # one is missing: a case is opened
    ward.reconcile()
    ward.open_container(vials[0])
    session_id = ward.open_session(patient_ref=f"PT-{mark}-0001").session_id
    ward.draw(session_id, (vials[0], "1 mL"))
    asked = ward.ask(session_id, "0.287 mL", place=f"Room {mark}")
    emergency = ward.start_emergency(reason=f"Nobody else at {mark}")
    helper = ward.now(ward.clinic.colleague)
    ward.open_session(helper, patient_ref=f"PT-{mark}-0002")
    access = ward.ask_for_role(ward.clinic.pharmacist.id, Role.MANAGER)
    return {
        "access-requests": access.shown.request_id,
        "alerts": id_of(ward, Alert),
        "containers": vials[0],
        "counts": id_of(ward, Count),
        "discrepancies": id_of(ward, Discrepancy),
        "emergency-accesses": emergency.access_id,
        "events": _first_event(ward),
        "people": ward.clinic.clinician.id,
        "products": _product(ward),
        "receipts": id_of(ward, Receipt),
        "reconciliations": id_of(ward, Reconciliation),
        "sessions": session_id,
        "terminals": ward.register_terminal(f"Tablet {mark}").terminal_id,
        "waste-requests": asked.shown.request_id,
        "witness": asked.shown.request_id,
    }


def id_of(ward: Steps, model: Any) -> str:
    """Give the id of a row that belongs to a site."""
    here = model.registration_id == ward.clinic.registration_id
    with ward.clinic.database.reading() as db:
        found = db.scalars(select(model.id).where(here)).first()
    assert isinstance(found, str), f"the site has no {model.__name__}"
    return found


def _product(ward: Steps) -> str:
    with ward.clinic.database.reading() as db:
        here = Lot.registration_id == ward.clinic.registration_id
        return db.scalars(select(Lot.product_id).where(here)).one()


def _first_event(ward: Steps) -> str:
    here = Event.book_id == ward.clinic.registration_id
    with ward.clinic.database.reading() as db:
        query = select(Event.id).where(here, Event.position == 1)
        return db.scalars(query).one()
