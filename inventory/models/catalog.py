"""What: products and the codes printed on their vials and cartons."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Product(Base):
    """One marketed product, as its smallest container that is counted.

    Books are kept per product, never per strength: the same strength exists in vials
    of two sizes. `ug_per_unit` is the active base per mL of a
    solution or per device; `nominal_ug` the label content of one container.
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("ndc"),
        CheckConstraint("form IN ('solution', 'device')", name="form"),
        CheckConstraint("ug_per_unit > 0", name="ug_per_unit"),
        CheckConstraint("nominal_ug > 0", name="nominal_ug"),
        CheckConstraint(
            "(form = 'solution') = (fill_nl IS NOT NULL)", name="fill_of_a_solution"
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    ndc: Mapped[str]
    name: Mapped[str]
    labeler: Mapped[str]
    substance: Mapped[str]
    dea_schedule: Mapped[str]
    species: Mapped[str]
    form: Mapped[str]
    ug_per_unit: Mapped[int]
    fill_nl: Mapped[int | None]
    nominal_ug: Mapped[int]
    source: Mapped[str]


class ProductCode(Base):
    """A GTIN on a vial, carton or kit, and how many containers it holds (AC-40)."""

    __tablename__ = "product_codes"
    __table_args__ = (CheckConstraint("containers > 0", name="containers"), STRICT)

    gtin14: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    ndc: Mapped[str]
    package: Mapped[str]
    containers: Mapped[int]
