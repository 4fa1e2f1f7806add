"""One measure in all the forms that people and programs read it in. PURE."""

from dataclasses import dataclass

from inventory.kernel.quantities import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Quantity):
    """Containers, and micrograms of base of one strength; both may be negative."""

    containers: int
