"""Legs and postings: an unbalanced posting cannot be built. PURE."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import Account

# Far above any real stock, far below 2**53: canonical JSON stays exact.
AMOUNT_UG_MAX = 10**14


@dataclass(frozen=True, slots=True)
class Leg:
    """Micrograms of one container into (+) or out of (-) one account.

    `nominal_ug` is the container's label content; it bounds what an account can hold.
    """

    account: Account
    container_id: str
    amount_ug: int
    nominal_ug: int


@dataclass(frozen=True, slots=True)
class Posting:
    """The legs of one event. They sum to zero for each container (invariant I1).

    That is stronger than per lot or per product: no container can lose what another
    gains. Legs are kept in the order in which accounts are locked.
    """

    legs: tuple[Leg, ...]

    def __init__(self, legs: Iterable[Leg]) -> None:
        ordered = tuple(sorted(legs, key=lambda leg: (leg.container_id, leg.account)))
        object.__setattr__(self, "legs", ordered)
        assert ordered, "a posting moves something"
        places = {(leg.container_id, leg.account) for leg in ordered}
        assert len(places) == len(ordered), "one leg per container and account"
        sums: defaultdict[str, int] = defaultdict(int)
        for leg in ordered:
            assert 0 < abs(leg.amount_ug) <= AMOUNT_UG_MAX, "an amount out of range"
            sums[leg.container_id] += leg.amount_ug
        assert not any(sums.values()), "the legs of a container sum to zero"


@dataclass(frozen=True, slots=True)
class Portion:
    """An amount of one container, with its label content."""

    container_id: str
    amount_ug: int
    nominal_ug: int


def move(portions: Sequence[Portion], *, out_of: Account, into: Account) -> Posting:
    """Move portions of containers from one account into another."""
    return Posting(
        leg
        for portion in portions
        for leg in (
            Leg(out_of, portion.container_id, -portion.amount_ug, portion.nominal_ug),
            Leg(into, portion.container_id, portion.amount_ug, portion.nominal_ug),
        )
    )


def allocate(
    amount_ug: int, held: Sequence[Portion], *, field: str = "amount"
) -> list[Portion]:
    """Say which containers an amount comes from: first drawn, first used.

    What two vials gave to one syringe cannot be told apart any more; the order of the
    draws decides, and the remainder stays with the vial drawn last.

    Args:
        amount_ug: how much is given or wasted.
        held: what is there, in the order in which it was drawn.
        field: the input to name when there is not enough.

    Raises:
        InventoryError: INSUFFICIENT_BALANCE, with what is there.
    """
    there = sum(portion.amount_ug for portion in held)
    if amount_ug > there:
        raise InventoryError(
            ErrorCode.INSUFFICIENT_BALANCE,
            "That is more than this session still holds. "
            "Check the amount, or record the further draw first.",
            field=field,
            asked_ug=amount_ug,
            available_ug=there,
        )
    taken = []
    for portion in held:
        part = min(amount_ug, portion.amount_ug)
        if part:
            taken.append(Portion(portion.container_id, part, portion.nominal_ug))
        amount_ug -= part
    return taken
