"""Withdrawing a request that was not witnessed; it stays on record with the reason."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.waste import rules
from inventory.waste.rows import lock_request, request_facts, waste_event


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWaste:
    """Withdraw a request that nobody has witnessed; it stays on record."""

    registration_id: str
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteCancelled:
    """A request that no witness can sign any more."""

    request_id: str
    session_id: str
    recorded: Appended


def cancel_waste(
    db: Session, command: CancelWaste, *, actor: Actor, clock: Clock
) -> WasteCancelled:
    """Withdraw a pending request, also one that its witness came too late for.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, WASTE_NOT_PENDING.
    """
    require_permission(actor, Permission.RECORD_WASTE, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    rules.require_pending(request_facts(request))
    now = clock.now()
    request.state, request.ended_at = rules.State.CANCELLED.value, now
    db.flush()
    event = waste_event(
        request,
        Tag.WASTE_CANCELLED,
        {"amount_ug": request.amount_ug},
        actor,
        occurred_at=now,
        texts={"reason": salted(command.reason)},
    )
    return WasteCancelled(
        request_id=request.id,
        session_id=request.session_id,
        recorded=book.append(db, event, clock=clock),
    )
