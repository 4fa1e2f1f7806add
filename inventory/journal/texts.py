"""The free texts of events: kept beside the bytes, read, and removed."""

from collections.abc import Mapping
from typing import Final, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from inventory.journal.salted import SaltedText
from inventory.models.journal import EventText

REDACTED: Final = "(redacted)"
"""Stands where a text was removed."""

_TEXTS: Final = cast("Table", EventText.__table__)


def keep(
    db: Session, book_id: str, position: int, texts: Mapping[str, SaltedText]
) -> None:
    """Keep the texts of an event that has just been appended."""
    rows = [
        {
            "book_id": book_id,
            "position": position,
            "name": name,
            "salt": salted.salt,
            "text": salted.text,
        }
        for name, salted in texts.items()
    ]
    if rows:
        db.execute(insert(_TEXTS), rows)


def read(db: Session, book_id: str, position: int) -> dict[str, str]:
    """Read the texts of an event by name; one that was removed says so."""
    rows = db.execute(
        select(_TEXTS.c.name, _TEXTS.c.text).where(
            _TEXTS.c.book_id == book_id, _TEXTS.c.position == position
        )
    )
    return {name: REDACTED if text is None else text for name, text in rows}


def remove(db: Session, book_id: str, position: int, name: str) -> str | None:
    """Remove a text and its salt; give what it was, or None if there is none.

    Only `inventory.evidence.redaction` does this, which says so in the journal.
    """
    here = (
        _TEXTS.c.book_id == book_id,
        _TEXTS.c.position == position,
        _TEXTS.c.name == name,
    )
    text = db.scalar(select(_TEXTS.c.text).where(*here).with_for_update())
    if text is not None:
        db.execute(update(_TEXTS).where(*here).values(salt=None, text=None))
    return text
