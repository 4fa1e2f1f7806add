"""The journal's tables. Only `inventory.journal` may import this module."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class BookHead(Base):
    """The end of one book: its size, its tree, its last time. Locked last of all."""

    __tablename__ = "book_heads"
    __table_args__ = (CheckConstraint("size >= 0", name="size"), STRICT)

    book_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    size: Mapped[int]
    # Concatenated 32-byte hashes of the perfect subtrees, largest first (RFC 6962).
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]


class Event(Base):
    """One event with the exact bytes that were hashed. Append-only by trigger."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("position > 0", name="position"),
        # The two-person rule, in the database too (invariant I19).
        CheckConstraint("witness_id <> actor_id", name="witness_is_another_person"),
        Index("ix_events_subject", "book_id", "subject"),
        STRICT,
    )

    book_id: Mapped[str] = mapped_column(
        ForeignKey("book_heads.book_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    tag: Mapped[str]
    subject: Mapped[str]
    actor_id: Mapped[str]
    witness_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    # The root after this event, so that any past state can be named (AC-60).
    root: Mapped[bytes] = mapped_column(LargeBinary)
    # Roots of the perfect subtrees of 2, 4, 8, ... leaves that this leaf completes, one
    # after the other: what proofs are made of, without an extra row for each node.
    subtrees: Mapped[bytes] = mapped_column(LargeBinary)


class EventText(Base):
    """A free text of an event, and the salt under which its hash stands in the bytes.

    Append-only by trigger, but for one change: salt and text may be removed together
    (`inventory.evidence.redaction`). The hash stays, so the tree still holds.
    """

    __tablename__ = "event_texts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "position"], ["events.book_id", "events.position"]
        ),
        CheckConstraint("(salt IS NULL) = (text IS NULL)", name="redacted_whole"),
        CheckConstraint("length(salt) = 32", name="salt"),
        STRICT,
    )

    book_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    text: Mapped[str | None]
