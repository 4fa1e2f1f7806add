"""What really stands on the shelves, apart from what the books say.

A count reports what is there. The thief takes from here and tells no book.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from inventory.receiving.lines import NumberedLine


@dataclass(slots=True)
class Vial:
    """A container that one could hold in the hand."""

    id: str
    number: int
    lot: str
    left_ug: int


@dataclass(slots=True)
class Shelf:
    """The true content of one place, product by product; the oldest stands in front."""

    sealed: defaultdict[str, list[Vial]] = field(
        default_factory=lambda: defaultdict(list)
    )
    in_use: dict[str, Vial] = field(default_factory=dict)

    def put(self, ndc: str, lines: Iterable[NumberedLine]) -> None:
        """Put a delivery on the shelf."""
        for line in lines:
            for each in line.containers:
                vial = Vial(each.id, each.number, line.lot, line.nominal_ug)
                self.sealed[ndc].append(vial)

    def take_sealed(self, ndc: str) -> Vial:
        """Take the sealed container in front."""
        return self.sealed[ndc].pop(0)

    def steal_sealed(self, ndc: str) -> Vial:
        """Take the one at the back, which nobody will miss today."""
        return self.sealed[ndc].pop()

    def sealed_of(self, ndc: str, lot: str) -> int:
        """Count the sealed containers of a lot that are really there."""
        return sum(vial.lot == lot for vial in self.sealed[ndc])
