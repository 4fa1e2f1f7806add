"""Found a clinic from a plan, in one transaction, through the ordinary handlers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalog.commands import load_catalogue
from inventory.credentials.actors import load_actor
from inventory.credentials.passwords import Passwords
from inventory.kernel.actors import Actor, Role
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person
from inventory.people.commands import (
    AddJob,
    AddPerson,
    GrantRole,
    add_job,
    add_person,
    grant_role,
)
from inventory.setup.plan import ClinicPlan, PlannedPerson
from inventory.sites.commands import (
    AddLocation,
    OpenRegistration,
    add_location,
    open_registration,
)

NIGHTLY_JOB: Final = "nightly"
# 128 bits, as 22 characters: longer than the shortest password allowed.
_PASSWORD_BYTES: Final = 16
# Nobody exists yet: the entries of the founding name the program that was run.
_FOUNDER: Final = Actor(
    id="per_setup",
    name="Set-up on the command line",
    initials="SETUP",
    roles={"": frozenset({Role.ADMINISTRATOR})},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFounded:
    """A clinic that can begin.

    Attributes:
        registration_id: whose book was opened.
        locations: name to id.
        people: sign-in name to who they are now.
        job: who the scheduled jobs act as.
        passwords: sign-in name to the passwords that were made here, to be shown once.
    """

    registration_id: str
    locations: Mapping[str, str]
    people: Mapping[str, Actor]
    job: Actor
    passwords: Mapping[str, str] = field(repr=False)


def found_clinic(
    db: Session, plan: ClinicPlan, *, clock: Clock, passwords: Passwords
) -> ClinicFounded:
    """Open a registration with its places, people, nightly job and the catalogue.

    Raises:
        InventoryError: what the handlers refuse; INVALID_FIELD when nobody in the plan
            is an administrator, since nobody could ever add a person then.
    """
    if not any(Role.ADMINISTRATOR in person.roles for person in plan.people):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "Somebody must be the administrator: give one person that role.",
            field="people",
        )
    load_catalogue(db)
    planned = plan.registration
    command = OpenRegistration(
        name=planned.name,
        dea_number=planned.dea_number,
        address=planned.address,
        facility_type=planned.facility_type,
        record_basis=planned.record_basis,
        time_zone=planned.time_zone,
    )
    opened = open_registration(db, command, actor=_FOUNDER, clock=clock)
    here = opened.registration_id
    founder = Actor(
        id=_FOUNDER.id,
        name=_FOUNDER.name,
        initials=_FOUNDER.initials,
        roles={here: frozenset({Role.ADMINISTRATOR})},
    )
    made: dict[str, str] = {}
    people = {
        person.sign_in_name: _add(
            db, here, person, made, founder=founder, clock=clock, passwords=passwords
        )
        for person in plan.people
    }
    return ClinicFounded(
        registration_id=here,
        locations=_add_locations(db, here, plan, founder=founder, clock=clock),
        people=people,
        job=_add_nightly_job(db, here, founder=founder, clock=clock),
        passwords=made,
    )


def _add_locations(
    db: Session, here: str, plan: ClinicPlan, *, founder: Actor, clock: Clock
) -> dict[str, str]:
    added = {}
    for planned in plan.locations:
        command = AddLocation(
            registration_id=here,
            name=planned.name,
            kind=planned.kind,
            lock_class=planned.lock_class,
        )
        location = add_location(db, command, actor=founder, clock=clock)
        added[planned.name] = location.location_id
    return added


def _add(
    db: Session,
    here: str,
    planned: PlannedPerson,
    made: dict[str, str],
    *,
    founder: Actor,
    clock: Clock,
    passwords: Passwords,
) -> Actor:
    password = planned.password
    if password is None:
        password = made[planned.sign_in_name] = secrets.token_urlsafe(_PASSWORD_BYTES)
    command = AddPerson(
        registration_id=here,
        sign_in_name=planned.sign_in_name,
        name=planned.name,
        initials=planned.initials,
        password=password,
    )
    added = add_person(db, command, actor=founder, clock=clock, passwords=passwords)
    return _grant(db, here, added.person_id, planned.roles, founder, clock)


def _add_nightly_job(db: Session, here: str, *, founder: Actor, clock: Clock) -> Actor:
    """Let the one nightly job of this installation work here too."""
    known = db.scalar(select(Person.id).where(Person.sign_in_name == NIGHTLY_JOB))
    if known is None:
        command = AddJob(
            registration_id=here,
            sign_in_name=NIGHTLY_JOB,
            name="Nightly reconciliation",
            initials="NIGHT",
        )
        known = add_job(db, command, actor=founder, clock=clock).person_id
    return _grant(db, here, known, (Role.SCHEDULED_JOB,), founder, clock)


def _grant(
    db: Session,
    here: str,
    person_id: str,
    roles: tuple[Role, ...],
    founder: Actor,
    clock: Clock,
) -> Actor:
    for role in roles:
        command = GrantRole(registration_id=here, person_id=person_id, role=role)
        grant_role(db, command, actor=founder, clock=clock)
    actor = load_actor(db, person_id)
    assert actor is not None, "the person was added in this transaction"
    return actor
