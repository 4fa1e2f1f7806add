"""What a perpetual ledger prints: its lines, and what is held before and after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.journal.signed import Signature
from inventory.kernel.quantities import Strength
from reports.masthead import Edition, Facility, Period


@dataclass(frozen=True, slots=True, order=True)
class Signer:
    """A person as the journal named them; the ledger prints the initials."""

    initials: str
    name: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What is on the shelf, and what sessions hold drawn, in micrograms."""

    shelf_ug: int
    drawn_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry: a delivery of one lot, or what one event moved of one container.

    Attributes:
        position: of the entry in the journal.
        occurred_at: when it happened, as claimed.
        recorded_at: when the server wrote it; printed when `is_late`.
        is_late: recorded long after it happened.
        event: what happened, in words.
        containers: their numbers.
        lot: their lot.
        reference: patient reference, or document number.
        shelf_ug: what it adds to the shelf, or takes from it when negative.
        drawn_ug: what it adds to the draws of sessions, or takes from them.
        given_ug: given to a patient.
        wasted_ug: wasted before a witness.
        actor: who did it.
        witness: who saw it, where somebody must.
        signatures: everybody's who signed it, the author's first.
    """

    position: int
    occurred_at: datetime
    recorded_at: datetime
    is_late: bool
    event: str
    containers: str
    lot: str
    reference: str
    shelf_ug: int
    drawn_ug: int
    given_ug: int
    wasted_ug: int
    actor: Signer
    witness: Signer | None
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualLedger:
    """All that the ledger prints; `lines` is read once, in journal order.

    `signed_lines` are the same lines, read once more for their signatures.

    `closing` is what the books hold, not the sum of these lines: the report compares
    the two.
    """

    facility: Facility
    period: Period
    edition: Edition
    product: str
    ndc: str
    strength: Strength
    opening: Holding
    lines: Iterable[LedgerLine]
    signed_lines: Iterable[LedgerLine]
    closing: Holding
