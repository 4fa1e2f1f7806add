"""The ledger's tables. Only `inventory.ledger` may import this module."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Balance(Base):
    """The running balance of one container in one limited account, in micrograms.

    Guarded twice: inside the update and by the CHECK. `moved_ug` is the amount of the
    last entry, `version` the number of entries.
    """

    __tablename__ = "balances"
    __table_args__ = (
        CheckConstraint("balance_ug BETWEEN lower_ug AND upper_ug", name="limits"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("moved_ug <> 0", name="moved_ug"),
        Index("ix_balances_account", "book_id", "kind", "holder_id"),
        STRICT,
    )

    book_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    container_id: Mapped[str] = mapped_column(
        ForeignKey("containers.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    holder_id: Mapped[str] = mapped_column(primary_key=True)
    balance_ug: Mapped[int]
    moved_ug: Mapped[int]
    lower_ug: Mapped[int]
    upper_ug: Mapped[int]
    version: Mapped[int]


class Entry(Base):
    """One leg of one event: micrograms into (+) or out of (-) one account.

    The legs of an event sum to zero for each container. Limited accounts store the
    balance before and after and the account's version; sinks store none and are
    summed. Append-only by trigger.
    """

    __tablename__ = "entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "position"], ["events.book_id", "events.position"]
        ),
        CheckConstraint("amount_ug <> 0", name="amount"),
        CheckConstraint("previous_ug + amount_ug = balance_ug", name="chain"),
        CheckConstraint(
            "(version IS NULL) = (balance_ug IS NULL) "
            "AND (version IS NULL) = (previous_ug IS NULL)",
            name="all_or_none",
        ),
        Index("ix_entries_container", "book_id", "container_id", "position"),
        Index("ix_entries_account", "book_id", "kind", "holder_id", "position"),
        Index("ix_entries_occurred", "book_id", "occurred_at"),
        STRICT,
    )

    book_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    leg: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    holder_id: Mapped[str]
    container_id: Mapped[str] = mapped_column(ForeignKey("containers.id"))
    amount_ug: Mapped[int]
    previous_ug: Mapped[int | None]
    balance_ug: Mapped[int | None]
    version: Mapped[int | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
