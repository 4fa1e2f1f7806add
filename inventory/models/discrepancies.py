"""Discrepancies: what a count and the books do not agree on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Discrepancy(Base):
    """A numbered case, opened by a feature; shortage and overage alike (I36).

    `discovered_at` is stored once: every legal clock is derived from it.
    """

    __tablename__ = "discrepancies"
    __table_args__ = (
        UniqueConstraint("registration_id", "number"),
        CheckConstraint("variance_ug <> 0 OR variance_containers <> 0", name="nonzero"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        Index("ix_discrepancies_subject", "location_id", "lot_id", "container_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    number: Mapped[int]
    location_id: Mapped[str] = mapped_column(ForeignKey("locations.id"))
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    container_id: Mapped[str | None] = mapped_column(ForeignKey("containers.id"))
    source_id: Mapped[str]
    variance_ug: Mapped[int]
    variance_containers: Mapped[int]
    discovered_at: Mapped[datetime]
    state: Mapped[str]
    position: Mapped[int]
