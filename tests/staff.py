"""More people for a clinic: of any role, at either site, also lapsed or gone."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from inventory.credentials.policy import POLICY_VERSION
from inventory.kernel.actors import Actor, Role
from inventory.kernel.identifiers import new_id
from inventory.models.people import Grant, Membership, Person
from inventory.people.rules import duty_of
from tests.clinic import Clinic

_YEAR = timedelta(days=365)


def hire(
    clinic: Clinic,
    initials: str,
    role: Role,
    *,
    at: str | None = None,
    until: datetime | None = None,
    is_ready: bool = True,
) -> Actor:
    """Enter a person with a role into the register, by rows.

    Args:
        clinic: whose register.
        initials: theirs; the name follows.
        role: what they are.
        at: the registration, the clinic's own unless it is named.
        until: when the role ends by itself; in a year for an inspector.
        is_ready: screened, trained and bound by the signature policy.
    """
    person = Actor(
        id=new_id("per", clinic.clock.now()),
        name=f"{initials} {role.value}",
        initials=initials,
    )
    with clinic.database.transaction() as db:
        db.add(
            Person(
                id=person.id,
                kind="job" if role is Role.SCHEDULED_JOB else "person",
                sign_in_name=initials.lower(),
                name=person.name,
                initials=initials,
                created_at=clinic.clock.now(),
            )
        )
        db.flush()
        here = at or clinic.registration_id
        _join(db, clinic, person, role, at=here, until=until, is_ready=is_ready)
    return replace(person, roles={here: frozenset({role})})


def join(clinic: Clinic, person: Actor, role: Role, *, at: str) -> Actor:
    """Give somebody a role at one more registration, by rows."""
    with clinic.database.transaction() as db:
        _join(db, clinic, person, role, at=at, until=None, is_ready=True)
    return replace(person, roles={**person.roles, at: frozenset({role})})


def _join(
    db: Session,
    clinic: Clinic,
    person: Actor,
    role: Role,
    *,
    at: str,
    until: datetime | None,
    is_ready: bool,
) -> None:
    now = clinic.clock.now()
    member = Membership(person_id=person.id, registration_id=at, duty=duty_of(role))
    if is_ready:
        member.screened_on = now.date()
        member.trained_until = now + _YEAR
        member.policy_version = POLICY_VERSION
        member.policy_accepted_at = now
    db.add(member)
    db.flush()
    db.add(
        Grant(
            id=new_id("grt", now),
            person_id=person.id,
            registration_id=at,
            role=role.value,
            duty=duty_of(role),
            granted_at=now,
            granted_by="per_setup",
            ends_at=until or (now + _YEAR if role is Role.INSPECTOR else None),
        )
    )
