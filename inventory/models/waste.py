"""Waste that awaits its witness, and waste that was witnessed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class WasteRequest(Base):
    """A remainder that a person says is wasted, shown to a witness for signature.

    `digest` is the SHA-256 of exactly what the witness is shown. The posting happens
    when the witness proves identity over it; until then nothing has moved. Now and then
    a second witness is asked for at random: the first signature is kept until then.
    """

    __tablename__ = "waste_requests"
    __table_args__ = (
        CheckConstraint("amount_ug > 0", name="amount_ug"),
        CheckConstraint("state IN ('pending', 'witnessed', 'cancelled')", name="state"),
        CheckConstraint(
            "(state = 'witnessed') = (witnessed_by IS NOT NULL)", name="witnessed"
        ),
        # The two-person rule, in the database too (invariant I19).
        CheckConstraint("witnessed_by <> requested_by", name="another_person"),
        CheckConstraint("witnesses_needed IN (1, 2)", name="witnesses_needed"),
        CheckConstraint(
            "(first_witness_id IS NULL) = (first_signature IS NULL)",
            name="first_signature",
        ),
        CheckConstraint(
            "first_witness_id <> requested_by AND first_witness_id <> witnessed_by",
            name="three_people",
        ),
        Index("ix_waste_requests_session", "session_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    amount_ug: Mapped[int]
    manner: Mapped[str]
    requested_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    requested_at: Mapped[datetime]
    occurred_at: Mapped[datetime]
    digest: Mapped[str]
    state: Mapped[str]
    witnesses_needed: Mapped[int] = mapped_column(server_default="1")
    first_witness_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    first_signature: Mapped[str | None]  # canonical JSON, as it goes into the journal
    witnessed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    position: Mapped[int | None]
