"""Signed checkpoints of the books, and what witnesses signed of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Checkpoint(Base):
    """A signed statement of a book's size and root. Append-only by trigger."""

    __tablename__ = "checkpoints"
    __table_args__ = (CheckConstraint("size > 0", name="size"), STRICT)

    book_id: Mapped[str] = mapped_column(
        ForeignKey("book_heads.book_id"), primary_key=True
    )
    size: Mapped[int] = mapped_column(primary_key=True)
    # The signed note, byte for byte (c2sp.org/tlog-checkpoint).
    note: Mapped[str]
    made_at: Mapped[datetime]


class Cosignature(Base):
    """A witness's line under a checkpoint. Append-only by trigger."""

    __tablename__ = "cosignatures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "size"], ["checkpoints.book_id", "checkpoints.size"]
        ),
        STRICT,
    )

    book_id: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    witness_name: Mapped[str] = mapped_column(primary_key=True)
    # The signature line of the note, without its line end (c2sp.org/tlog-cosignature).
    line: Mapped[str]
    received_at: Mapped[datetime]
