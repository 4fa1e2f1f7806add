"""Lots and the numbered containers: what the accounts of a book are about."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Lot(Base):
    """A maker's lot as received by one registration.

    Name, form and strength are copied from the catalogue at first receipt and never
    change: later edits of the catalogue alter no past figure (invariant I9).
    """

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("registration_id", "product_id", "lot"),
        CheckConstraint("ug_per_unit > 0", name="ug_per_unit"),
        CheckConstraint("nominal_ug > 0", name="nominal_ug"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    product_name: Mapped[str]
    ndc: Mapped[str]
    lot: Mapped[str]
    expires_on: Mapped[date]
    form: Mapped[str]
    ug_per_unit: Mapped[int]
    nominal_ug: Mapped[int]


class Container(Base):
    """One vial or device, numbered within its book from receipt to retirement.

    `state` and `location_id` repeat what its events say, so that a draw can lock and
    check one row; `verify` compares them with the events.
    """

    __tablename__ = "containers"
    __table_args__ = (
        UniqueConstraint("registration_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state IN ('sealed', 'in_use', 'retired')", name="state"),
        Index("ix_containers_location", "registration_id", "location_id", "state"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    number: Mapped[int]
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"), index=True)
    location_id: Mapped[str] = mapped_column(ForeignKey("locations.id"))
    nominal_ug: Mapped[int]
    state: Mapped[str]
    received_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
