"""The books that benchmarks post into, opened and stocked as people do it.

Nothing is written around the handlers here, so a benchmark stands on books that could
be real: every vial has its number, its lot and its place in the initial inventory.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from inventory.catalog.commands import load_catalogue
from inventory.credentials.policy_acceptance import accept_policy
from inventory.db import Database
from inventory.kernel.actors import Actor, Role
from inventory.kernel.clock import FrozenClock, SystemClock, civil_day
from inventory.people.commands import (
    AddPerson,
    RecordScreening,
    RecordTraining,
    add_person,
    record_screening,
    record_training,
)
from inventory.people.commands.founding import GrantRole, founder, grant_role
from inventory.receiving.commands import (
    OnHandLine,
    RecordReceipt,
    TakeInitialInventory,
    record_receipt,
    take_initial_inventory,
)
from inventory.receiving.rules import EnteredLine, Moment
from inventory.sites.commands import (
    AddLocation,
    OpenRegistration,
    add_location,
    open_registration,
)
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis
from tests.clinic import Clinic, open_clinic

NDC: Final = "42023-114-10"  # 50 mg/mL, 10 mL
TIME_ZONE: Final = "America/New_York"
_GOOD_FOR: Final = timedelta(days=365)


def open_sites(database: Database, *, books: int) -> list[Clinic]:
    """Open registrations with the same people; their clock stands at this moment."""
    clinic = open_clinic(database, FrozenClock(SystemClock().now()))
    with database.transaction() as db:
        load_catalogue(db)
    return [clinic, *(_another(clinic, number) for number in range(1, books))]


def take_inventory(site: Clinic, *, vials: int) -> list[str]:
    """Find vials in a site's vault by its initial inventory; gives their ids."""
    now = site.clock.now()
    line = OnHandLine(location_id=site.vault, **_label(site), containers=vials)
    command = TakeInitialInventory(
        registration_id=site.registration_id,
        taken_on=civil_day(now, ZoneInfo(TIME_ZONE)),
        moment=Moment.OPENING,
        lines=(line,),
    )
    with site.database.transaction() as db:
        taken = take_initial_inventory(
            db, command, actor=site.pharmacist, clock=site.clock
        )
    return [each.id for line in taken.lines for each in line.containers]


def receive(site: Clinic, *, containers: int, invoice_number: str) -> None:
    """Receive a delivery of vials into a site's vault."""
    command = RecordReceipt(
        registration_id=site.registration_id,
        location_id=site.vault,
        supplier_name="Wholesale",
        supplier_address="2 Dock Road, Springfield, NY 10001",
        supplier_dea_number=_dea_number(999_999),
        invoice_number=invoice_number,
        received_at=site.clock.now(),
        lines=(EnteredLine(**_label(site), containers=containers),),
    )
    with site.database.transaction() as db:
        record_receipt(db, command, actor=site.pharmacist, clock=site.clock)


def _label(site: Clinic) -> dict[str, Any]:
    """Give what is printed on every vial."""
    expires_on = (site.clock.now() + _GOOD_FOR).date()
    return {"code": NDC, "lot": "A1", "expires_on": expires_on}


def _another(clinic: Clinic, number: int) -> Clinic:
    """Open one more registration and give the staff their roles there."""
    command = OpenRegistration(
        name=f"Clinic {number}",
        dea_number=_dea_number(number),
        address="1 Harbor Street, Springfield, NY 10001",
        facility_type=FacilityType.INFUSION_CLINIC,
        record_basis=RecordBasis.REGULARLY_ADMINISTERS_AND_CHARGES,
        time_zone=TIME_ZONE,
    )
    with clinic.database.transaction() as db:
        opened = open_registration(
            db, command, actor=clinic.administrator, clock=clinic.clock
        )
    book_id = opened.registration_id
    site = replace(
        clinic,
        registration_id=book_id,
        administrator=_with_role(clinic.administrator, Role.ADMINISTRATOR, book_id),
        pharmacist=_with_role(clinic.pharmacist, Role.PHARMACIST, book_id),
        clinician=_with_role(clinic.clinician, Role.CLINICIAN, book_id),
    )
    _grant(site, site.pharmacist, Role.PHARMACIST)
    _grant(site, site.clinician, Role.CLINICIAN)
    return replace(site, vault=_add_vault(site))


def _with_role(person: Actor, role: Role, registration_id: str) -> Actor:
    return replace(person, roles={**person.roles, registration_id: frozenset({role})})


def _grant(site: Clinic, person: Actor, role: Role) -> None:
    """Let a person of the first site join this one, as books are founded."""
    here, clock, by = site.registration_id, site.clock, founder(site.registration_id)
    today = civil_day(clock.now(), ZoneInfo(TIME_ZONE))
    joining = AddPerson(
        registration_id=here,
        sign_in_name=person.name.split()[0].lower(),
        name=person.name,
        initials=person.initials,
    )
    screening = RecordScreening(
        registration_id=here, person_id=person.id, screened_on=today
    )
    training = RecordTraining(
        registration_id=here, person_id=person.id, trained_until=today + _GOOD_FOR
    )
    granting = GrantRole(registration_id=here, person_id=person.id, role=role)
    with site.database.transaction() as db:
        add_person(db, joining, actor=by, clock=clock)
        record_screening(db, screening, actor=by, clock=clock)
        record_training(db, training, actor=by, clock=clock)
        grant_role(db, granting, clock=clock)
        accept_policy(db, person, here, clock=clock)


def _add_vault(site: Clinic) -> str:
    command = AddLocation(
        registration_id=site.registration_id,
        name="Vault",
        kind=LocationKind.VAULT,
        lock_class=LockClass.VAULT,
    )
    with site.database.transaction() as db:
        added = add_location(db, command, actor=site.administrator, clock=site.clock)
    return added.location_id


def _dea_number(number: int) -> str:
    """Give a DEA number of its own whose check digit is right."""
    digits = f"{number:06}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"BC{digits}{(odd + 2 * even) % 10}"
