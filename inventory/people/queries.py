"""Read who may do what at a registration, and which tokens they have."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.people import ApiToken, Grant, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person or job with the roles held at one registration."""

    id: str
    kind: str
    sign_in_name: str
    name: str
    initials: str
    roles: list[str]
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token without its secret, which nobody can read again."""

    id: str
    person_id: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def list_people(db: Session, registration_id: str) -> list[PersonView]:
    """Give everyone who holds a role at a registration, by name."""
    rows = db.execute(
        select(Person, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.registration_id == registration_id)
        .order_by(Person.name, Person.id, Grant.role)
    )
    people: dict[str, Person] = {}
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for person, role in rows:
        people[person.id] = person
        roles[person.id].append(role)
    return [
        PersonView(
            id=person.id,
            kind=person.kind,
            sign_in_name=person.sign_in_name,
            name=person.name,
            initials=person.initials,
            roles=roles[person.id],
            disabled_at=person.disabled_at,
        )
        for person in people.values()
    ]


def list_tokens(db: Session, person_id: str) -> list[TokenView]:
    """Give the tokens of a person, newest first."""
    rows = db.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return [
        TokenView(
            id=row.id,
            person_id=row.person_id,
            label=row.label,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]
