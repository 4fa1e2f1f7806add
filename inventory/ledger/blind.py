"""Blindness: while a place is being counted, nobody is told what should be there.

Counts are blind on the server (decision 0008): a page that shows the books asks here
first, and leaves out the figures of a place with an open count.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.counts import Count


def places_being_counted(db: Session, registration_id: str) -> frozenset[str]:
    """Give the places of a registration that have an open count."""
    query = select(Count.location_id).where(
        Count.registration_id == registration_id, Count.state == "open"
    )
    return frozenset(db.scalars(query))


def require_no_count_under_way(db: Session, registration_id: str) -> None:
    """Refuse to print what should be there while somebody is counting it.

    Raises:
        InventoryError: COUNT_UNDER_WAY.
    """
    if places_being_counted(db, registration_id):
        raise InventoryError(
            ErrorCode.COUNT_UNDER_WAY,
            "A place is being counted, and this would say what should be there. "
            "Commit the count, then ask again.",
        )
