"""Read who stands in the register of a site, and what is on record about them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from inventory.credentials.policy import POLICY_VERSION
from inventory.kernel.actors import Role
from inventory.models.people import Grant, Membership, Person
from inventory.people.rows import in_force, unknown_person


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A role that is held, or was."""

    id: str
    role: Role
    granted_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person or job in the register of one site.

    Attributes:
        roles: those in force, by name.
        trained_until: the first instant at which the training no longer counts.
        has_accepted_policy: in the form it has now.
        has_password: False for somebody who waits for a set-up link.
        history: every role held here, first first.
    """

    id: str
    kind: str
    sign_in_name: str
    name: str
    initials: str
    roles: list[str]
    screened_on: date | None
    trained_until: datetime | None
    has_accepted_policy: bool
    has_password: bool
    disabled_at: datetime | None
    history: list[RoleView]


def list_people(
    db: Session, registration_id: str, *, now: datetime
) -> list[PersonView]:
    """Give everyone in the register of a site, by name; those without a role too."""
    rows = db.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.registration_id == registration_id)
        .order_by(Person.name, Person.id)
    ).all()
    grants: dict[str, list[Grant]] = {person.id: [] for person, _ in rows}
    for grant in db.scalars(_grants(registration_id)):
        grants[grant.person_id].append(grant)
    return [_view(person, member, grants[person.id], now) for person, member in rows]


def view_person(
    db: Session, registration_id: str, person_id: str, *, now: datetime
) -> PersonView:
    """Give one person of a site.

    Raises:
        InventoryError: NOT_FOUND, also for a person of other sites only.
    """
    person = db.get(Person, person_id)
    member = db.get(Membership, (person_id, registration_id))
    if person is None or member is None:
        raise unknown_person()
    query = _grants(registration_id).where(Grant.person_id == person_id)
    return _view(person, member, list(db.scalars(query)), now)


def _grants(registration_id: str) -> Select[Grant]:
    return (
        select(Grant)
        .where(Grant.registration_id == registration_id)
        .order_by(Grant.granted_at, Grant.role)
    )


def _view(
    person: Person, member: Membership, grants: list[Grant], now: datetime
) -> PersonView:
    history = [
        RoleView(
            id=grant.id,
            role=Role(grant.role),
            granted_at=grant.granted_at,
            ends_at=grant.ends_at,
            ended_at=grant.ended_at,
            is_in_force=grant.ended_at is None and in_force(grant, now),
        )
        for grant in grants
    ]
    return PersonView(
        id=person.id,
        kind=person.kind,
        sign_in_name=person.sign_in_name,
        name=person.name,
        initials=person.initials,
        roles=sorted(each.role.value for each in history if each.is_in_force),
        screened_on=member.screened_on,
        trained_until=member.trained_until,
        has_accepted_policy=member.policy_version == POLICY_VERSION,
        has_password=person.password_hash is not None,
        disabled_at=person.disabled_at,
        history=history,
    )
