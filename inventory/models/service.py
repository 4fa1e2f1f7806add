"""What the service remembers for itself: answers given, job runs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class IdempotencyKey(Base):
    """A write that was asked under a key, and its answer, for the same person.

    Written in the transaction of the write itself: there is an answer exactly when
    there is an effect (decision 0009).
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (STRICT,)

    principal_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    status: Mapped[int]
    answer: Mapped[str]
    recorded_at: Mapped[datetime]


class JobRun(Base):
    """One job, one registration, one period: run exactly once (invariant I32)."""

    __tablename__ = "job_runs"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="period"),
        STRICT,
    )

    job: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    result_id: Mapped[str]
    finished_at: Mapped[datetime]
