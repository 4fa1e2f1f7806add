"""What the books should say, kept in a few dictionaries: the oracle of the machine."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Vial:
    """A container as the model knows it."""

    id: str
    number: int
    lot: str
    place: str
    nominal_ug: int
    left_ug: int
    state: str = "sealed"

    @property
    def is_solution(self) -> bool:
        return self.lot == "A1"

    def can_give(self, amount_ug: int) -> bool:
        """Tell whether an amount of the vial, or the whole device, may be drawn."""
        if not self.is_solution:
            return self.state == "sealed"
        return self.state == "in_use" and amount_ug <= self.left_ug


@dataclass
class Visit:
    """A session: what is still drawn, vial by vial in the order of the draws."""

    id: str
    drawn: dict[str, int] = field(default_factory=dict)
    state: str = "open"
    is_solution: bool | None = None

    @property
    def left_ug(self) -> int:
        return sum(self.drawn.values())

    def use(self, amount_ug: int) -> None:
        """Use up what was drawn first, first."""
        for vial_id, held_ug in self.drawn.items():
            part = min(held_ug, amount_ug)
            self.drawn[vial_id] -= part
            amount_ug -= part


@dataclass
class Request:
    """A waste that awaits its witness."""

    id: str
    visit: Visit
    amount_ug: int
    digest: str
    drawn_then: dict[str, int]
    asked_at: datetime
    state: str = "pending"


@dataclass
class Model:
    """Everything the machine believes."""

    vials: list[Vial] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def on_shelf(self, place: str, state: str) -> list[Vial]:
        return [
            vial for vial in self.vials if vial.place == place and vial.state == state
        ]
