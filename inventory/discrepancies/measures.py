"""One measure in all the forms that people and programs read it in. PURE."""

from dataclasses import dataclass

from inventory.kernel.quantities import Strength, format_amount, format_mg


@dataclass(frozen=True, slots=True)
class Measure:
    """Containers, and micrograms of base of one strength; both may be negative."""

    containers: int
    amount_ug: int
    strength: Strength

    @property
    def amount_mg(self) -> str:
        """The amount in mg: "35.65 mg"."""
        return format_mg(self.amount_ug)

    @property
    def amount(self) -> str:
        """The amount in the product's own unit: "0.713 mL" or "1 device"."""
        return format_amount(self.amount_ug, self.strength)
