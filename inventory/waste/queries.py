"""Reads about waste: what awaits a witness, and one request with its outcome."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal.events import Tag
from inventory.models.waste import WasteRequest
from inventory.waste.entries import ShownWaste, read_entry
from inventory.waste.rows import (
    asked_entry,
    read_history,
    request_not_found,
    text_of,
)
from inventory.waste.rules import State, valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteRequestView:
    """A request as a witness must see it, what became of it, and why.

    `too_late` tells of a pending request that nobody can sign any more.
    """

    shown: ShownWaste
    digest: str
    state: State
    requested_at: datetime
    valid_until: datetime
    too_late: bool
    witnessed_by: str | None
    cancelled_because: str | None
    ended_at: datetime | None


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
    recorded = history.get(Tag.WASTE_RECORDED)
    until, state = valid_until(request.requested_at), State(request.state)
    return WasteRequestView(
        shown=read_entry(
            asked_entry(history),
            place=text_of(db, history, Tag.WASTE_REQUESTED, "place"),
        ),
        digest=request.digest,
        state=state,
        requested_at=request.requested_at,
        valid_until=until,
        too_late=state is State.PENDING and now > until,
        witnessed_by=recorded["witness"]["name"] if recorded else None,
        cancelled_because=text_of(db, history, Tag.WASTE_CANCELLED, "reason"),
        ended_at=request.ended_at,
    )
