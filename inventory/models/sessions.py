"""Supervised sessions. What was drawn, given and wasted stands in the ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class SupervisedSession(Base):
    """One patient, one visit, one supervising clinician; closes at zero.

    `product_id` is set by the first draw: a session uses one product, so that its
    remainder has one strength.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("weight_g > 0", name="weight_g"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_sessions_state", "registration_id", "state"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    patient_ref: Mapped[str]
    indication: Mapped[str]
    clinician_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    weight_g: Mapped[int]
    route: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    product_id: Mapped[str | None] = mapped_column(ForeignKey("products.id"))
