"""What was tried and refused, and who looked at what concerns a patient."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base

WINDOW: Final = timedelta(minutes=10)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def window_of(instant: datetime) -> datetime:
    """Give the start of the window in which attempts of one kind are counted."""
    return instant - (instant - _EPOCH) % WINDOW


class Attempt(Base):
    """A refused request: who, what, why. Append-only by trigger (invariant I28).

    No reference to other tables: what is refused often names things that are not there.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_registration_id", "registration_id", "tried_at"),
        Index("ix_attempts_window", "principal", "action", "code", "tried_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime]
    registration_id: Mapped[str | None]  # as the address named it
    person_id: Mapped[str | None]
    principal: Mapped[str]  # the person, or a keyed hash of the name or the network
    source: Mapped[str]  # sign-in, token or terminal it came by
    network: Mapped[str]
    action: Mapped[str]  # method and rule of the address
    path: Mapped[str]
    code: Mapped[str]
    field: Mapped[str | None]
    detail: Mapped[str]


class SuppressedAttempts(Base):
    """How many further attempts of one kind were refused and not kept one by one.

    A program gone wild must not fill the disk: past a number per window only the count
    goes up, so it is always known how many there were.
    """

    __tablename__ = "suppressed_attempts"
    __table_args__ = (CheckConstraint("attempts > 0", name="attempts"), STRICT)

    principal: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    window_from: Mapped[datetime] = mapped_column(primary_key=True)
    registration_id: Mapped[str | None]
    attempts: Mapped[int]
    last_at: Mapped[datetime]


class PatientRead(Base):
    """Who looked at something that belongs to a patient. Append-only by trigger."""

    __tablename__ = "patient_reads"
    __table_args__ = (
        Index("ix_patient_reads_registration_id", "registration_id", "read_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]
    registration_id: Mapped[str]
    person_id: Mapped[str]
    source: Mapped[str]
    action: Mapped[str]
    path: Mapped[str]
