"""Blindness: while a place is being counted, nobody is told what should be there.

Counts are blind on the server (design idea 8): a page that shows the books asks here
first, and leaves out the figures of a place with an open count.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.counts import Count


def places_being_counted(db: Session, registration_id: str) -> frozenset[str]:
    """Give the places of a registration that have an open count."""
    query = select(Count.location_id).where(
        Count.registration_id == registration_id, Count.state == "open"
    )
    return frozenset(db.scalars(query))
