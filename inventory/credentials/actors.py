"""From rows to an `Actor`: who a person is, and what they may do where, right now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from inventory.credentials.policy import POLICY_VERSION
from inventory.kernel.actors import Actor, Lapse, Role
from inventory.models.access import EmergencyAccess
from inventory.models.people import Grant, Membership, Person

_MEMBERSHIPS: Final = (
    select(
        Person.id,
        Person.name,
        Person.initials,
        Person.kind,
        Membership.registration_id,
        Membership.screened_on,
        Membership.trained_until,
        Membership.policy_version,
        Grant.role,
        Grant.ends_at,
        EmergencyAccess.id.label("emergency_id"),
        EmergencyAccess.ends_at.label("emergency_ends_at"),
    )
    .outerjoin(Membership, Membership.person_id == Person.id)
    .outerjoin(
        Grant,
        (Grant.person_id == Membership.person_id)
        & (Grant.registration_id == Membership.registration_id)
        & Grant.ended_at.is_(None),
    )
    .outerjoin(
        EmergencyAccess,
        (EmergencyAccess.person_id == Membership.person_id)
        & (EmergencyAccess.registration_id == Membership.registration_id)
        & EmergencyAccess.ended_at.is_(None)
        & EmergencyAccess.reviewed_at.is_(None)
        # Whoever keeps the house or checks it by now touches no stock (invariant I21).
        & (Membership.duty == "records"),
    )
)


def load_actor(db: Session, person_id: str, *, now: datetime) -> Actor | None:
    """Give the actor, or None when nobody active has the id.

    Args:
        db: the open transaction.
        person_id: whom.
        now: the moment at which time-boxed roles and training are judged.
    """
    found = _MEMBERSHIPS.where(Person.id == person_id, Person.disabled_at.is_(None))
    rows = db.execute(found).all()
    return _actor(rows, now) if rows else None


def _actor(rows: Iterable[Row[*tuple[Any, ...]]], now: datetime) -> Actor:
    roles: defaultdict[str, set[Role]] = defaultdict(set)
    lapses: dict[str, frozenset[Lapse]] = {}
    emergencies: dict[str, str] = {}
    for row in rows:
        if row.role is None or (row.ends_at and row.ends_at <= now):
            continue
        site = row.registration_id
        roles[site].add(Role(row.role))
        lapses[site] = _lapses(row, now)
        if row.emergency_id and now < row.emergency_ends_at:
            # A clinician for an hour, whatever is missing: it is reviewed afterwards.
            emergencies[site] = row.emergency_id
            roles[site].add(Role.CLINICIAN)
    return Actor(
        id=row.id,
        name=row.name,
        initials=row.initials,
        roles={site: frozenset(held) for site, held in roles.items()},
        lapses={site: lapses[site] for site in lapses if site not in emergencies},
        emergencies=emergencies,
    )


def _lapses(row: Row[*tuple[Any, ...]], now: datetime) -> frozenset[Lapse]:
    if row.kind == "job":
        return frozenset()
    lapses = {
        Lapse.NOT_SCREENED: row.screened_on is None,
        Lapse.NOT_TRAINED: row.trained_until is None or row.trained_until <= now,
        Lapse.POLICY_NOT_ACCEPTED: row.policy_version != POLICY_VERSION,
    }
    return frozenset(lapse for lapse, missing in lapses.items() if missing)
