"""One emergency access: its row, its row locked, and what its journal tells of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.emergency.rules import Access
from inventory.journal import book
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import EmergencyAccess
from inventory.models.people import Membership

History = Mapping[str, Mapping[str, Any]]


def find_access(db: Session, registration_id: str, access_id: str) -> EmergencyAccess:
    """Give the row of an emergency access.

    Raises:
        InventoryError: NOT_FOUND, also for one of another registration.
    """
    return _required(db.get(EmergencyAccess, access_id), registration_id)


def lock_access(
    db: Session, registration_id: str, access_id: str, *, of: str | None = None
) -> EmergencyAccess:
    """Lock the row of an emergency access before it is decided on.

    Args:
        db: the open transaction.
        registration_id: whose site.
        access_id: which one.
        of: whose it must be.

    Raises:
        InventoryError: NOT_FOUND, also for one of another registration or person.
    """
    query = select(EmergencyAccess).where(EmergencyAccess.id == access_id)
    if of is not None:
        query = query.where(EmergencyAccess.person_id == of)
    row = db.scalar(query.with_for_update(key_share=True))
    return _required(row, registration_id)


def find_running(
    db: Session, registration_id: str, person_id: str, *, now: datetime
) -> Access | None:
    """Give the emergency access that a person has at a site now, if any."""
    query = select(EmergencyAccess).where(
        EmergencyAccess.registration_id == registration_id,
        EmergencyAccess.person_id == person_id,
        EmergencyAccess.ended_at.is_(None),
        EmergencyAccess.reviewed_at.is_(None),
        EmergencyAccess.ends_at > now,
    )
    row = db.scalars(query).one_or_none()
    return access_facts(row) if row else None


def lock_person_here(db: Session, person_id: str, registration_id: str) -> None:
    """Let a person start one thing after the other at a site, never two at once."""
    db.execute(
        select(Membership.person_id)
        .where(
            Membership.person_id == person_id,
            Membership.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )


def access_facts(row: EmergencyAccess) -> Access:
    """Give what the rules decide on."""
    return Access(
        id=row.id,
        registration_id=row.registration_id,
        person_id=row.person_id,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        reviewed_at=row.reviewed_at,
    )


def read_history(db: Session, access: Access) -> History:
    """Read the entries about an emergency access itself, by tag."""
    entries = book.read(db, access.registration_id, subject=access.id)
    bodies = (json.loads(entry.body) for entry in entries)
    return {body["tag"]: body for body in bodies}


def _required(row: EmergencyAccess | None, registration_id: str) -> EmergencyAccess:
    if row is None or row.registration_id != registration_id:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such emergency access at this site. Look it up in the list.",
            field="access_id",
        )
    return row
