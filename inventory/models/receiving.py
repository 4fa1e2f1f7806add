"""How stock came in: the initial inventory and the receipts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class InitialInventory(Base):
    """The first inventory of a registration, zero allowed (21 CFR 1304.11(b))."""

    __tablename__ = "initial_inventories"
    __table_args__ = (
        CheckConstraint("moment IN ('opening', 'close')", name="moment"),
        STRICT,
    )

    registration_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    id: Mapped[str]
    taken_on: Mapped[date]
    moment: Mapped[str]
    containers: Mapped[int]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]


class Receipt(Base):
    """One delivery from one supplier (21 CFR 1304.22(a)(2)(iv); AC-16, AC-18).

    Stock moves on the date received, never on the invoice's or the order's date.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        # The same invoice of the same supplier twice is a double receipt.
        UniqueConstraint("registration_id", "supplier_dea_number", "invoice_number"),
        CheckConstraint("containers > 0", name="containers"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    location_id: Mapped[str] = mapped_column(ForeignKey("locations.id"))
    supplier_name: Mapped[str]
    supplier_address: Mapped[str]
    supplier_dea_number: Mapped[str]
    invoice_number: Mapped[str]
    ordered_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    received_at: Mapped[datetime]
    containers: Mapped[int]
    received_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
