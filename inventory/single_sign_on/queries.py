"""Which identities of the organisation's sign-in a person has linked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.credentials import FederatedIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIdentity:
    """A link as its owner sees it."""

    issuer: str
    subject: str
    linked_at: datetime
    last_used_at: datetime | None


def list_linked(db: Session, person_id: str) -> list[LinkedIdentity]:
    """List what a person has linked, oldest first."""
    query = select(FederatedIdentity).where(
        FederatedIdentity.person_id == person_id, FederatedIdentity.removed_at.is_(None)
    )
    return [
        LinkedIdentity(
            issuer=row.issuer,
            subject=row.subject,
            linked_at=row.linked_at,
            last_used_at=row.last_used_at,
        )
        for row in db.scalars(query.order_by(FederatedIdentity.linked_at))
    ]
