"""Reads about waste: what awaits a witness, and one request with its outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal.events import Tag
from inventory.kernel.quantities import Quantity
from inventory.ledger.sessions import session_not_found
from inventory.models.sessions import SupervisedSession
from inventory.models.waste import WasteRequest
from inventory.waste.entries import ShownWaste, read_entry
from inventory.waste.rows import (
    asked_entry,
    read_history,
    read_remainder,
    request_not_found,
    text_of,
)
from inventory.waste.rules import State, valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteRequestView:
    """A request as a witness must see it, what became of it, and why.

    `too_late` tells of a pending request that nobody can sign any more; `signed_by`
    names the witnesses in order, the first of two also while it is pending.
    """

    shown: ShownWaste
    requester_id: str
    digest: str
    state: State
    requested_at: datetime
    valid_until: datetime
    too_late: bool
    witnesses_needed: int
    signed_by: tuple[str, ...]
    signer_ids: tuple[str, ...]
    cancelled_because: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainderView:
    """A session whose remainder may be wasted; `remainder` is None when it has none."""

    session_id: str
    patient_ref: str
    opened_at: datetime
    is_closed: bool
    product_name: str | None
    remainder: Quantity | None


def view_remainder(db: Session, registration_id: str, session_id: str) -> RemainderView:
    """Show what a session still holds.

    Raises:
        InventoryError: NOT_FOUND, also for a session of another registration.
    """
    session = db.get(SupervisedSession, session_id)
    if session is None or session.registration_id != registration_id:
        raise session_not_found()
    found = read_remainder(db, registration_id, session_id)
    held_ug = found.amount_ug
    return RemainderView(
        session_id=session.id,
        patient_ref=session.patient_ref,
        opened_at=session.opened_at,
        is_closed=session.state == "closed",
        product_name=found.product_name if held_ug else None,
        remainder=(
            Quantity(amount_ug=held_ug, strength=found.strength) if held_ug else None
        ),
    )


def view_request(
    db: Session, registration_id: str, request_id: str, *, now: datetime
) -> WasteRequestView:
    """Show one request.

    Raises:
        InventoryError: NOT_FOUND, also for a request of another registration.
    """
    request = db.get(WasteRequest, request_id)
    if request is None or request.registration_id != registration_id:
        raise request_not_found()
    return _view(db, request, now)


def list_pending(
    db: Session, registration_id: str, *, now: datetime
) -> list[WasteRequestView]:
    """List what awaits a witness, longest waiting first, too late or not."""
    pending = db.scalars(
        select(WasteRequest)
        .where(
            WasteRequest.registration_id == registration_id,
            WasteRequest.state == State.PENDING.value,
        )
        .order_by(WasteRequest.requested_at, WasteRequest.id)
    ).all()
    return [_view(db, request, now) for request in pending]


def _view(db: Session, request: WasteRequest, now: datetime) -> WasteRequestView:
    history = read_history(db, request)
    witnesses = list(_witnesses(history))
    until, state = valid_until(request.requested_at), State(request.state)
    return WasteRequestView(
        shown=read_entry(
            asked_entry(history),
            place=text_of(db, history, Tag.WASTE_REQUESTED, "place"),
        ),
        requester_id=request.requested_by,
        digest=request.digest,
        state=state,
        requested_at=request.requested_at,
        valid_until=until,
        too_late=state is State.PENDING and now > until,
        witnesses_needed=request.witnesses_needed,
        signed_by=tuple(each["name"] for each in witnesses),
        signer_ids=tuple(each["id"] for each in witnesses),
        cancelled_because=text_of(db, history, Tag.WASTE_CANCELLED, "reason"),
        ended_at=request.ended_at,
    )


def _witnesses(history: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    signed = history.get(Tag.WASTE_RECORDED) or history.get(Tag.WASTE_SIGNED)
    for place in ("witness", "second_witness"):
        if signed and signed.get(place):
            yield signed[place]
