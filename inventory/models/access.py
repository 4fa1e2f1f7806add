"""Changes of access that two people make, emergency access, and alerts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class AccessRequest(Base):
    """A change of somebody's access that one person asks for and another approves.

    `entry` is the canonical JSON of what is asked and `digest` its SHA-256: what the
    approver is shown and signs.
    """

    __tablename__ = "access_requests"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('grant_role', 'end_role', 'reset_credentials')", name="kind"
        ),
        CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"
        ),
        # Asking and approving are two people's work, and neither is the one concerned.
        CheckConstraint(
            "state = 'withdrawn' OR decided_by <> requested_by", name="two_people"
        ),
        CheckConstraint(
            "state = 'withdrawn' OR decided_by <> person_id", name="decided_by_another"
        ),
        Index("ix_access_requests_state", "registration_id", "state"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    kind: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    entry: Mapped[str]
    digest: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class EmergencyAccess(Base):
    """Break-glass: a clinician's rights for an hour, reviewed by another person.

    Started by one person, who says why. It stays open as a task until another person
    of the site reviewed it; the database refuses a review by the same person.
    """

    __tablename__ = "emergency_accesses"
    __table_args__ = (
        CheckConstraint("reviewed_by <> person_id", name="reviewed_by_another"),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="review"),
        CheckConstraint("ends_at > started_at", name="time_boxed"),
        Index("ix_emergency_accesses_person_id", "person_id", "registration_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None]


class Alert(Base):
    """Something a person should look at soon: never removed, only acknowledged."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint(
            "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)",
            name="acknowledged",
        ),
        Index("ix_alerts_registration_id", "registration_id", "raised_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    kind: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    detail: Mapped[str]
    raised_at: Mapped[datetime]
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_at: Mapped[datetime | None]
