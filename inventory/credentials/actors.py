"""From rows to an `Actor`: who a person is, and what they may do where, right now."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.kernel.actors import Actor, Role
from inventory.models.people import Grant, Person


def load_actor(db: Session, person_id: str) -> Actor | None:
    """Give the actor, or None when nobody active has the id."""
    person = db.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        return None
    return actor_of(db, person)


def actor_of(db: Session, person: Person) -> Actor:
    """Give a person with the roles they hold now."""
    roles: defaultdict[str, set[Role]] = defaultdict(set)
    for grant in db.scalars(select(Grant).where(Grant.person_id == person.id)):
        roles[grant.registration_id].add(Role(grant.role))
    return Actor(
        id=person.id,
        name=person.name,
        initials=person.initials,
        roles={site: frozenset(held) for site, held in roles.items()},
    )
