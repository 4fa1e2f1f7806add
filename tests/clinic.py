"""A clinic to test in: two registrations, two places, the people who matter.

The owner of the books, a colleague and a stranger are the trio that most rules are
about; an officer, an administrator and a job complete them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from inventory.credentials.passwords import Passwords, cheap_passwords
from inventory.credentials.policy import POLICY_VERSION
from inventory.db import Database
from inventory.journal import book
from inventory.kernel.actors import Actor, Proof, Role
from inventory.kernel.clock import FrozenClock
from inventory.kernel.identifiers import new_id
from inventory.models.people import Grant, Membership, Person
from inventory.models.sites import Location, Registration
from inventory.people.rules import duty_of

MONDAY = date(2026, 11, 2)  # the day of the clock, in New York
FIVE_YEARS = timedelta(days=5 * 365)
PASSWORD = "correct horse battery staple"
PASSWORDS: Passwords = cheap_passwords()
_PASSWORD_HASH = PASSWORDS.hash(PASSWORD)


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Handles on everything a test needs to name."""

    database: Database
    clock: FrozenClock
    registration_id: str
    elsewhere_id: str
    vault: str
    procedure_room: str
    vault_elsewhere: str
    pharmacist: Actor
    clinician: Actor
    colleague: Actor
    officer: Actor
    manager: Actor
    administrator: Actor
    stranger: Actor
    job: Actor

    def proof(self, person: Actor, digest: str) -> Proof:
        """What `credentials.prove` gives when the person's password was right."""
        return Proof(
            person=person,
            digest=digest,
            factors=("password",),
            proven_at=self.clock.now(),
        )


def open_clinic(database: Database, clock: FrozenClock) -> Clinic:
    """Write the clinic's master data; nothing has been received yet."""
    at = clock.now()
    here, elsewhere = new_id("reg", at), new_id("reg", at)
    vault, room, other = (new_id("loc", at) for _ in range(3))
    people = {
        "pharmacist": _person("Pat Pharmacist", "PP", here, Role.PHARMACIST, clock),
        "clinician": _person("Cleo Clinician", "CC", here, Role.CLINICIAN, clock),
        "colleague": _person("Wim Witness", "WW", here, Role.WITNESS, clock),
        "officer": _person("Olga Officer", "OO", here, Role.COMPLIANCE_OFFICER, clock),
        "manager": _person("Mona Manager", "MM", here, Role.MANAGER, clock),
        "administrator": _person("Ada Admin", "AA", here, Role.ADMINISTRATOR, clock),
        "stranger": _person("Sid Stranger", "SS", elsewhere, Role.PHARMACIST, clock),
        "job": _person(
            "Nightly reconciliation", "JOB", here, Role.SCHEDULED_JOB, clock
        ),
    }
    with database.transaction() as db:
        db.execute(
            insert(Registration),
            [
                _registration(here, "Harbor Infusion Clinic", "BB1388568", clock),
                _registration(elsewhere, "Hill Veterinary", "AP5836727", clock),
            ],
        )
        db.execute(
            insert(Location),
            [
                _location(vault, here, "Vault", "vault", clock),
                _location(room, here, "Procedure room", "cabinet", clock),
                _location(other, elsewhere, "Vault", "vault", clock),
            ],
        )
        for registration_id in (here, elsewhere):
            book.open_book(db, registration_id, clock=clock)
        for person in people.values():
            _store(db, person, clock)
    return Clinic(
        database=database,
        clock=clock,
        registration_id=here,
        elsewhere_id=elsewhere,
        vault=vault,
        procedure_room=room,
        vault_elsewhere=other,
        **people,
    )


def _person(
    name: str, initials: str, registration_id: str, role: Role, clock: FrozenClock
) -> Actor:
    return Actor(
        id=new_id("per", clock.now()),
        name=name,
        initials=initials,
        roles={registration_id: frozenset({role})},
    )


def _store(db: Session, actor: Actor, clock: FrozenClock) -> None:
    is_job = any(Role.SCHEDULED_JOB in roles for roles in actor.roles.values())
    db.add(
        Person(
            id=actor.id,
            kind="job" if is_job else "person",
            sign_in_name=actor.name.split()[0].lower(),
            name=actor.name,
            initials=actor.initials,
            password_hash=None if is_job else _PASSWORD_HASH,
            password_set_at=None if is_job else clock.now(),
            password_length=None if is_job else len(PASSWORD),
            created_at=clock.now(),
        )
    )
    db.flush()
    for registration_id, roles in actor.roles.items():
        db.add(
            Membership(
                person_id=actor.id,
                registration_id=registration_id,
                duty=next(filter(None, map(duty_of, roles)), None),
                screened_on=clock.now().date(),
                trained_until=clock.now() + FIVE_YEARS,
                policy_version=POLICY_VERSION,
                policy_accepted_at=clock.now(),
            )
        )
        db.flush()
        for role in roles:
            db.add(
                Grant(
                    id=new_id("grt", clock.now()),
                    person_id=actor.id,
                    registration_id=registration_id,
                    role=role.value,
                    duty=duty_of(role),
                    granted_at=clock.now(),
                    granted_by="per_setup",
                )
            )


def _registration(
    registration_id: str, name: str, dea_number: str, clock: FrozenClock
) -> dict[str, object]:
    return {
        "id": registration_id,
        "name": name,
        "dea_number": dea_number,
        "address": "1 Harbor Street, Springfield, NY 10001",
        "facility_type": "infusion_clinic",
        "record_basis": "regularly_administers_and_charges",
        "time_zone": "America/New_York",
        "created_at": clock.now(),
    }


def _location(
    location_id: str, registration_id: str, name: str, kind: str, clock: FrozenClock
) -> dict[str, object]:
    return {
        "id": location_id,
        "registration_id": registration_id,
        "name": name,
        "kind": kind,
        "lock_class": "safe",
        "created_at": clock.now(),
    }
