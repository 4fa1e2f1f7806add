"""Found a clinic from a plan, in one transaction, through the ordinary handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from inventory.catalog.commands import load_catalogue
from inventory.credentials import setup_links
from inventory.credentials.actors import load_actor
from inventory.credentials.passwords import Passwords
from inventory.credentials.policy_acceptance import note_acceptance
from inventory.kernel.actors import Actor, Role
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person
from inventory.people.commands import (
    AddJob,
    AddPerson,
    RecordScreening,
    RecordTraining,
    add_job,
    add_person,
    record_screening,
    record_training,
)
from inventory.people.commands.founding import GrantRole, founder, grant_role
from inventory.setup import rules
from inventory.setup.plan import ClinicPlan, PlannedPerson
from inventory.sites.commands import (
    AddLocation,
    OpenRegistration,
    add_location,
    open_registration,
)

NIGHTLY_JOB: Final = "nightly"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFounded:
    """A clinic that can begin.

    Attributes:
        registration_id: whose book was opened.
        locations: name to id.
        people: sign-in name to who they are now.
        job: who the scheduled jobs act as.
        links: sign-in name to the secret of a set-up link, to be shown once.
    """

    registration_id: str
    locations: Mapping[str, str]
    people: Mapping[str, Actor]
    job: Actor
    links: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Founding:
    """What every step of one founding needs."""

    db: Session
    here: str
    clock: Clock
    passwords: Passwords

    @property
    def by(self) -> Actor:
        return founder(self.here)


def found_clinic(
    db: Session, plan: ClinicPlan, *, clock: Clock, passwords: Passwords
) -> ClinicFounded:
    """Open a registration with its places, people, nightly job and the catalogue.

    Raises:
        InventoryError: what `rules.require_complete` and the handlers refuse.
    """
    rules.require_complete(plan.people)
    load_catalogue(db)
    here = _open(db, plan, clock)
    founding = _Founding(db=db, here=here, clock=clock, passwords=passwords)
    ids = {each.sign_in_name: _add(founding, each) for each in plan.people}
    return ClinicFounded(
        registration_id=here,
        locations=_add_locations(founding, plan),
        people={name: _actor(founding, person_id) for name, person_id in ids.items()},
        job=_add_nightly_job(founding),
        links={
            name: _issue_link(founding, person_id)
            for name, person_id in ids.items()
            if db.get_one(Person, person_id).password_hash is None
        },
    )


def _open(db: Session, plan: ClinicPlan, clock: Clock) -> str:
    planned = plan.registration
    command = OpenRegistration(
        name=planned.name,
        dea_number=planned.dea_number,
        address=planned.address,
        facility_type=planned.facility_type,
        record_basis=planned.record_basis,
        time_zone=planned.time_zone,
    )
    nowhere_yet = founder("")
    return open_registration(
        db, command, actor=nowhere_yet, clock=clock
    ).registration_id


def _add_locations(founding: _Founding, plan: ClinicPlan) -> dict[str, str]:
    added = {}
    for planned in plan.locations:
        command = AddLocation(
            registration_id=founding.here,
            name=planned.name,
            kind=planned.kind,
            lock_class=planned.lock_class,
        )
        location = add_location(
            founding.db, command, actor=founding.by, clock=founding.clock
        )
        added[planned.name] = location.location_id
    return added


def _add(founding: _Founding, planned: PlannedPerson) -> str:
    """Add a person with what is on record about them, and their roles."""
    command = AddPerson(
        registration_id=founding.here,
        sign_in_name=planned.sign_in_name,
        name=planned.name,
        initials=planned.initials,
    )
    added = add_person(founding.db, command, actor=founding.by, clock=founding.clock)
    _attest(founding, added.person_id, planned)
    for role in planned.roles:
        ends_on = planned.visits_until if role is Role.INSPECTOR else None
        _grant(founding, added.person_id, role, ends_on=ends_on)
    if planned.password is not None:
        _set_password(founding, added.person_id, planned, planned.password)
    if planned.accepted_policy:
        note_acceptance(
            founding.db,
            added.person_id,
            founding.here,
            by=founding.by,
            clock=founding.clock,
        )
    return added.person_id


def _attest(founding: _Founding, person_id: str, planned: PlannedPerson) -> None:
    by, clock = founding.by, founding.clock
    if planned.screened_on is not None:
        screening = RecordScreening(
            registration_id=founding.here,
            person_id=person_id,
            screened_on=planned.screened_on,
        )
        record_screening(founding.db, screening, actor=by, clock=clock)
    if planned.trained_until is not None:
        training = RecordTraining(
            registration_id=founding.here,
            person_id=person_id,
            trained_until=planned.trained_until,
        )
        record_training(founding.db, training, actor=by, clock=clock)


def _grant(
    founding: _Founding, person_id: str, role: Role, *, ends_on: date | None = None
) -> None:
    command = GrantRole(
        registration_id=founding.here, person_id=person_id, role=role, ends_on=ends_on
    )
    grant_role(founding.db, command, clock=founding.clock)


def _set_password(
    founding: _Founding, person_id: str, planned: PlannedPerson, password: str
) -> None:
    """Set a password of the plan, for clinics that are tried out.

    Raises:
        InventoryError: INVALID_FIELD; ALREADY_EXISTS for somebody who has one.
    """
    person = founding.db.get_one(Person, person_id)
    if person.password_hash is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"{person.name} works at another site and has a password. Leave it out.",
            field="password",
        )
    prepared = founding.passwords.prepare(
        password,
        beside_second_factor=False,
        context=(planned.sign_in_name, planned.name),
    )
    person.password_hash, person.password_length = prepared.hash, prepared.length
    person.password_set_at = founding.clock.now()
    founding.db.flush()


def _issue_link(founding: _Founding, person_id: str) -> str:
    issued = setup_links.issue(
        founding.db,
        person_id,
        founding.here,
        purpose=setup_links.FIRST,
        created_by=founding.by.id,
        approved_by=None,
        now=founding.clock.now(),
    )
    return issued.secret


def _add_nightly_job(founding: _Founding) -> Actor:
    """Let the one nightly job of this installation work here too."""
    command = AddJob(
        registration_id=founding.here,
        sign_in_name=NIGHTLY_JOB,
        name="Nightly reconciliation",
        initials="NIGHT",
    )
    added = add_job(founding.db, command, actor=founding.by, clock=founding.clock)
    _grant(founding, added.person_id, Role.SCHEDULED_JOB)
    return _actor(founding, added.person_id)


def _actor(founding: _Founding, person_id: str) -> Actor:
    actor = load_actor(founding.db, person_id, now=founding.clock.now())
    assert actor is not None, "the person was added in this transaction"
    return actor
