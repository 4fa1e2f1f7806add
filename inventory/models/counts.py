"""Blind physical counts and, once committed, their variances."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Count(Base):
    """One count of one location by one person, blind until it is committed.

    `position` is the place in the book of the commit: the books as of that position
    are what the count is compared with.
    """

    __tablename__ = "counts"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'committed')", name="state"),
        CheckConstraint(
            "(state = 'committed') = (position IS NOT NULL)", name="committed"
        ),
        CheckConstraint("witnessed_by <> counted_by", name="another_person"),
        # One open count per place: two would make each other late.
        Index(
            "uq_counts_open_location",
            "location_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    location_id: Mapped[str] = mapped_column(ForeignKey("locations.id"))
    kind: Mapped[str]
    state: Mapped[str]
    counted_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    witnessed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    position: Mapped[int | None]


class CountLine(Base):
    """One line of a committed count: the sealed containers of a lot, or one in use.

    variance = counted - expected, in micrograms and in containers (invariant I23).
    """

    __tablename__ = "count_lines"
    __table_args__ = (
        CheckConstraint("method IN ('number', 'scan', 'volume')", name="method"),
        CheckConstraint(
            "(method = 'volume') = (container_id IS NOT NULL)", name="subject"
        ),
        CheckConstraint("counted_ug >= 0 AND counted_containers >= 0", name="counted"),
        STRICT,
    )

    count_id: Mapped[str] = mapped_column(ForeignKey("counts.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    container_id: Mapped[str | None] = mapped_column(ForeignKey("containers.id"))
    method: Mapped[str]
    counted_containers: Mapped[int]
    counted_ug: Mapped[int]
    expected_containers: Mapped[int]
    expected_ug: Mapped[int]
    # Numbers of the sealed containers that a scan did not find, as text: "12 15".
    missing_numbers: Mapped[str] = mapped_column(default="")
