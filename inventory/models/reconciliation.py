"""Reconciliations: which books were compared with which counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Reconciliation(Base):
    """The books of one period against the latest count of each place.

    Figures are not stored: they follow from the books up to `position`, which never
    change, so a report can be made again byte for byte (AC-60).
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        UniqueConstraint("registration_id", "first_day", "last_day", "position"),
        CheckConstraint("first_day <= last_day", name="period"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    # The books as known at this position; the event of the reconciliation follows it.
    known_position: Mapped[int]
    position: Mapped[int]
    made_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
