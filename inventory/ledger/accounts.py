"""The chart of accounts: every place where a microgram can be. PURE.

An account is a kind and, for most kinds, a holder: `stock` of a location, `drawn` of a
session. Within it each container has its own line. Kinds that can run out are limited
and keep a running balance; the others only ever grow and are summed when asked
(a hot running balance on a shared sink would serialise every writer).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The kinds of account (decision 0003)."""

    # Where stock comes from.
    OPENING = "opening"
    SUPPLIER = "supplier"
    # Where it is: on hand.
    STOCK = "stock"
    DRAWN = "drawn"
    # Where it went.
    ADMINISTERED = "administered"
    WASTED = "wasted"


LIMITED: Final = frozenset({Kind.STOCK, Kind.DRAWN})
SOURCES: Final = frozenset({Kind.OPENING, Kind.SUPPLIER})
SINKS: Final = frozenset({Kind.ADMINISTERED, Kind.WASTED})


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One account: its kind and the location, session or document that holds it."""

    kind: Kind
    holder_id: str

    @property
    def limited(self) -> bool:
        """Tell whether the account keeps a guarded running balance."""
        return self.kind in LIMITED

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.holder_id}"


def stock(location_id: str) -> Account:
    """On the shelf at a location."""
    return Account(Kind.STOCK, location_id)


def drawn(session_id: str) -> Account:
    """Drawn for a session and neither given nor wasted yet: closes at zero."""
    return Account(Kind.DRAWN, session_id)


def administered(session_id: str) -> Account:
    """Given to the patient of a session."""
    return Account(Kind.ADMINISTERED, session_id)


def wasted(session_id: str) -> Account:
    """Wasted before a witness from what a session had drawn."""
    return Account(Kind.WASTED, session_id)


def supplier(receipt_id: str) -> Account:
    """Received from outside by a receipt."""
    return Account(Kind.SUPPLIER, receipt_id)


def opening(inventory_id: str) -> Account:
    """Found on the shelf by the initial inventory."""
    return Account(Kind.OPENING, inventory_id)


def limits_ug(account: Account, nominal_ug: int) -> tuple[int, int]:
    """Give the lowest and highest balance one container may have in an account.

    Args:
        account: a limited account.
        nominal_ug: the label content of the container.
    """
    assert account.limited, "only limited accounts have limits"
    return 0, nominal_ug
