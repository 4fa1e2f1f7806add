"""Who works at the demonstration clinic, and whom it treats. All of it is invented."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from inventory.kernel.actors import Role
from inventory.sessions.rules import Indication
from inventory.setup.plan import (
    ClinicPlan,
    PlannedLocation,
    PlannedPerson,
    PlannedRegistration,
)
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis

PASSWORD: Final = "three months of demonstration"  # noqa: S105 - shown to everybody
VAULT: Final = "Vault"
CABINET: Final = "Session suite cabinet"
KETAMINE: Final = "67457-001-00"
SPRAVATO: Final = "50458-028-00"
SPRAVATO_KIT: Final = "50458-028-02"
TIME_ZONE: Final = "America/New_York"
PATIENTS: Final = 24
_SCREENED_BEFORE: Final = timedelta(days=21)
_TRAINED_FOR: Final = timedelta(days=365)
_FIRST_VISIT: Final = timedelta(days=1)
_SPRAYERS: Final = 2  # of each four; the others get an infusion

_PEOPLE: Final = (
    ("pat", "Pat Okafor", "PO", Role.PHARMACIST),
    ("quinn", "Quinn Alvarez", "QA", Role.PHARMACIST),
    ("cleo", "Cleo Marsh", "CM", Role.CLINICIAN),
    ("dana", "Dana Whitfield", "DW", Role.CLINICIAN),
    ("wim", "Wim Janssen", "WJ", Role.WITNESS),
    ("olga", "Olga Brandt", "OB", Role.COMPLIANCE_OFFICER),
    ("mona", "Mona Reyes", "MR", Role.MANAGER),
    ("ada", "Ada Lindqvist", "AL", Role.ADMINISTRATOR),
    ("ines", "Ines Duarte", "ID", Role.INSPECTOR),
)


@dataclass(frozen=True, slots=True)
class Patient:
    """One invented patient: an opaque reference, a weight and a reason to come."""

    reference: str
    weight_g: int
    indication: Indication

    @property
    def takes_devices(self) -> bool:
        """Some mood disorders are treated with nasal devices."""
        is_mood = self.indication is Indication.MOOD_DISORDER
        return is_mood and int(self.reference[-2:]) % 4 == _SPRAYERS


def demonstration_plan(opens_on: date) -> ClinicPlan:
    """Give the clinic as it is founded on a day."""
    return ClinicPlan(
        registration=PlannedRegistration(
            name="Harbor Infusion Clinic (demonstration)",
            dea_number="BB1388568",
            address="1 Harbor Street, Springfield, NY 10001",
            facility_type=FacilityType.INFUSION_CLINIC,
            record_basis=RecordBasis.REGULARLY_ADMINISTERS_AND_CHARGES,
            time_zone=TIME_ZONE,
        ),
        locations=(
            PlannedLocation(
                name=VAULT, kind=LocationKind.VAULT, lock_class=LockClass.VAULT
            ),
            PlannedLocation(
                name=CABINET,
                kind=LocationKind.CABINET,
                lock_class=LockClass.LOCKED_CABINET,
            ),
        ),
        people=tuple(_planned(*each, opens_on=opens_on) for each in _PEOPLE),
    )


def _planned(
    sign_in_name: str, name: str, initials: str, role: Role, *, opens_on: date
) -> PlannedPerson:
    is_visit = role is Role.INSPECTOR
    return PlannedPerson(
        sign_in_name=sign_in_name,
        name=name,
        initials=initials,
        roles=(role,),
        screened_on=opens_on - _SCREENED_BEFORE,
        trained_until=opens_on + _TRAINED_FOR,
        visits_until=opens_on + _FIRST_VISIT if is_visit else None,
        password=PASSWORD,
        accepted_policy=True,
    )


def patients(chance: Random) -> list[Patient]:
    """Invent the patients; weights are whole hundreds of grams, as scales show them."""
    indications = (Indication.PAIN, Indication.MOOD_DISORDER, Indication.MOOD_DISORDER)
    return [
        Patient(
            reference=f"PT-2026-{number:04d}",
            weight_g=chance.randrange(480, 1120) * 100,
            indication=indications[number % len(indications)],
        )
        for number in range(1, PATIENTS + 1)
    ]
