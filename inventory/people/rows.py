"""The rows that decisions about people are made on, locked in one order.

Request, person, sites in the order of their ids, and the heads of the books last.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from inventory.kernel.actors import ROLE_PERMISSIONS, Permission, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.containers import lock_registration
from inventory.models.people import Grant, Membership, Person

PERSON, JOB = "person", "job"


def lock_member(
    db: Session, registration_id: str, person_id: str
) -> tuple[Person, Membership]:
    """Lock a person and what they are at a site.

    Raises:
        InventoryError: NOT_FOUND, also for a person of other sites only.
    """
    row = db.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.id == person_id, Membership.registration_id == registration_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise unknown_person()
    return row.Person, row.Membership


def unknown_person() -> InventoryError:
    """Say that a registration has no such person."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such person here. Choose one from the list, or add the person.",
        field="person_id",
    )


def require_active(person: Person) -> None:
    """Refuse to give anything to somebody who was disabled.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if person.disabled_at is not None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "This person is disabled. Enable them first.",
            field="person_id",
        )


def lock_sites(db: Session, registration_ids: Collection[str]) -> None:
    """Lock sites, so that nobody else changes who may do what there."""
    for registration_id in sorted(registration_ids):
        lock_registration(db, registration_id)


def sites_of_member(db: Session, person_id: str) -> list[str]:
    """List the sites in whose register a person stands."""
    query = select(Membership.registration_id).where(Membership.person_id == person_id)
    return sorted(db.scalars(query))


def grants_of(
    db: Session, person_id: str, registration_id: str | None = None
) -> list[Grant]:
    """List the roles of a person that nobody has ended, lapsed visits among them."""
    query = select(Grant).where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    if registration_id is not None:
        query = query.where(Grant.registration_id == registration_id)
    return list(db.scalars(query.order_by(Grant.registration_id, Grant.id)))


def in_force(grant: Grant, now: datetime) -> bool:
    """Tell whether a role that nobody ended still counts."""
    return grant.ends_at is None or now < grant.ends_at


def count_others(
    db: Session,
    registration_id: str,
    permission: Permission,
    *,
    but: Collection[ColumnElement[bool]],
    now: datetime,
) -> int:
    """Count the active people of a site whose roles carry a permission.

    Args:
        db: the open transaction.
        registration_id: the site.
        permission: what they may do, lapsed or not.
        but: which roles not to look at.
        now: the moment at which time-boxed roles are judged.
    """
    roles = [role for role in Role if permission in ROLE_PERMISSIONS[role]]
    query = (
        select(func.count(Grant.person_id.distinct()))
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.registration_id == registration_id,
            Grant.role.in_(roles),
            Grant.ended_at.is_(None),
            or_(Grant.ends_at.is_(None), Grant.ends_at > now),
            Person.disabled_at.is_(None),
            *but,
        )
    )
    return db.scalar(query) or 0


def snapshot(person: Person) -> dict[str, str]:
    """Name a person as they stand in the signature register (AC-20)."""
    return {
        "id": person.id,
        "kind": person.kind,
        "sign_in_name": person.sign_in_name,
        "name": person.name,
        "initials": person.initials,
    }
