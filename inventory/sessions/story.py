"""One session told from its events, in the very words that were hashed. PURE."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.journal.signed import Signature, read_signatures
from inventory.kernel.clock import parse_instant
from inventory.kernel.quantities import Quantity, Strength, format_mg
from inventory.ledger.accounts import Kind

# An event as the journal stores it, decoded.
Body = Mapping[str, Any]
# Container -> kind of account -> micrograms.
Sums = Mapping[str, Mapping[Kind, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Drawn = given + wasted + remaining (invariant I5)."""

    drawn: Quantity
    given: Quantity
    wasted: Quantity
    remaining: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a session; `moved_ug` is None where nothing moved."""

    position: int
    event_id: str
    tag: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    witness: str | None
    signatures: Sequence[Signature]
    moved_ug: int | None

    @property
    def moved_mg(self) -> str | None:
        """What moved, in mg."""
        return None if self.moved_ug is None else format_mg(self.moved_ug)


def sum_legs(bodies: Sequence[Body]) -> Sums:
    """Sum what each container has in each kind of account, first drawn first."""
    sums: defaultdict[str, defaultdict[Kind, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for body in bodies:
        for leg in body["legs"]:
            kind = Kind(leg["account"].partition(":")[0])
            sums[leg["container"]][kind] += leg["amount_ug"]
    return sums


def figures_of(sums: Sequence[Mapping[Kind, int]], strength: Strength) -> Figures:
    """Give the figures of one container, or of all of them together."""

    def total(kind: Kind) -> int:
        return sum(each.get(kind, 0) for each in sums)

    def quantity(amount_ug: int) -> Quantity:
        return Quantity(amount_ug=amount_ug, strength=strength)

    return Figures(
        drawn=quantity(-total(Kind.STOCK)),
        given=quantity(total(Kind.ADMINISTERED)),
        wasted=quantity(total(Kind.WASTED)),
        remaining=quantity(total(Kind.DRAWN)),
    )


def tell_step(body: Body) -> Step:
    """Give one event as a line of the session's page."""
    witness = body["witness"]
    moved_ug = sum(leg["amount_ug"] for leg in body["legs"] if leg["amount_ug"] > 0)
    return Step(
        position=body["position"],
        event_id=body["id"],
        tag=body["tag"],
        occurred_at=parse_instant(body["occurred_at"], field="occurred_at"),
        recorded_at=parse_instant(body["recorded_at"], field="recorded_at"),
        actor=body["actor"]["name"],
        witness=witness["name"] if witness else None,
        signatures=read_signatures(body),
        moved_ug=moved_ug or None,
    )
