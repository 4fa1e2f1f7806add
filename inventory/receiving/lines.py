"""What a delivery is made of, and its copy in the journal. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inventory.kernel.quantities import Form, Strength, format_amount, format_mg


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Whom a delivery came from, by a DEA number in its canonical form."""

    name: str
    address: str
    dea_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedContainer:
    """One vial or device and the number it got."""

    id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedLine:
    """Containers of one lot in one place, with everything printed on them.

    Amounts are micrograms of base: `ug_per_unit` per mL or device, `nominal_ug` per
    container, `amount_ug` of the whole line.
    """

    location_id: str
    location: str
    product_id: str
    product: str
    ndc: str
    substance: str
    dea_schedule: str
    form: str
    ug_per_unit: int
    nominal_ug: int
    lot_id: str
    lot: str
    expires_on: date
    containers: tuple[NumberedContainer, ...]

    @property
    def amount_ug(self) -> int:
        """The label content of all containers together."""
        return self.nominal_ug * len(self.containers)

    @property
    def amount_mg(self) -> str:
        """The same in mg: "12500 mg"."""
        return format_mg(self.amount_ug)

    @property
    def amount(self) -> str:
        """The same in the product's own unit: "250 mL" or "3 devices"."""
        strength = Strength(Form(self.form), self.ug_per_unit)
        return format_amount(self.amount_ug, strength)

    def snapshot(self) -> dict[str, Any]:
        """Give the line as it is copied into the journal."""
        return {
            "location_id": self.location_id,
            "location": self.location,
            "product_id": self.product_id,
            "product": self.product,
            "ndc": self.ndc,
            "substance": self.substance,
            "dea_schedule": self.dea_schedule,
            "form": self.form,
            "ug_per_unit": self.ug_per_unit,
            "nominal_ug": self.nominal_ug,
            "lot_id": self.lot_id,
            "lot": self.lot,
            "expires_on": self.expires_on.isoformat(),
            "containers": [
                {"id": container.id, "number": container.number}
                for container in self.containers
            ],
            "amount_ug": self.amount_ug,
        }


def line_of(snapshot: Mapping[str, Any]) -> NumberedLine:
    """Read a line back from its copy in the journal."""
    return NumberedLine(
        location_id=snapshot["location_id"],
        location=snapshot["location"],
        product_id=snapshot["product_id"],
        product=snapshot["product"],
        ndc=snapshot["ndc"],
        substance=snapshot["substance"],
        dea_schedule=snapshot["dea_schedule"],
        form=snapshot["form"],
        ug_per_unit=snapshot["ug_per_unit"],
        nominal_ug=snapshot["nominal_ug"],
        lot_id=snapshot["lot_id"],
        lot=snapshot["lot"],
        expires_on=date.fromisoformat(snapshot["expires_on"]),
        containers=tuple(
            NumberedContainer(id=each["id"], number=each["number"])
            for each in snapshot["containers"]
        ),
    )
