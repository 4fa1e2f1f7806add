"""The supervised session as the holder of what was drawn: found, locked, dated.

Features that are siblings meet here: sessions draw and give, waste empties the rest.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.sessions import SupervisedSession


def lock_session(
    db: Session, registration_id: str, session_id: str
) -> SupervisedSession:
    """Lock the row of a session, before its containers, balances and the book.

    Raises:
        InventoryError: NOT_FOUND, also for a session of another registration.
    """
    row = db.scalar(
        select(SupervisedSession)
        .where(
            SupervisedSession.id == session_id,
            SupervisedSession.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )
    if row is None:
        raise session_not_found()
    return row


def session_not_found() -> InventoryError:
    """Say that a registration has no such session."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such session at this site. Choose one from the list.",
        field="session_id",
    )


def first_drawn_at(db: Session, registration_id: str, session_id: str) -> datetime:
    """Give when the earliest draw of a session happened; there is at least one."""
    return min(
        event.occurred_at
        for event in book.read(db, registration_id, subject=session_id)
        if event.tag == Tag.SESSION_DRAWN
    )
