"""Where: registrations (one book each) and the places where stock is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Registration(Base):
    """A registered location (DEA number or its equivalent): the owner of one book.

    Separate books per registered location: 21 CFR 1304.21(b).
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("dea_number"),
        CheckConstraint("containers_numbered >= 0", name="containers_numbered"),
        CheckConstraint("discrepancies_numbered >= 0", name="discrepancies_numbered"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    dea_number: Mapped[str]
    address: Mapped[str]
    facility_type: Mapped[str]
    record_basis: Mapped[str]
    time_zone: Mapped[str]
    created_at: Mapped[datetime]
    # The last number given to a container and to a discrepancy of this book; the row is
    # locked while numbers are drawn, so they are dense.
    containers_numbered: Mapped[int] = mapped_column(default=0)
    discrepancies_numbered: Mapped[int] = mapped_column(default=0)


class Location(Base):
    """A place that holds stock, with the class of its lock (AC-24)."""

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("registration_id", "name"), STRICT)

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    name: Mapped[str]
    kind: Mapped[str]
    lock_class: Mapped[str]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class FacilitySetting(Base):
    """A rule that a site set for itself; without a row its profile's value holds.

    Who set it, when and why is an event of the book.
    """

    __tablename__ = "facility_settings"
    __table_args__ = (STRICT,)

    registration_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    set_at: Mapped[datetime]
