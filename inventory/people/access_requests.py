"""Read the changes of access that were asked for, as their approver must see them."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book, texts
from inventory.journal.events import Tag
from inventory.models.access import AccessRequest
from inventory.models.people import Person
from inventory.people.commands.requests import request_not_found
from inventory.people.entries import ShownRequest, entry_of, read_entry
from inventory.people.rules import RequestState, valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequestView:
    """A request, and what became of it.

    Attributes:
        digest: what an approver signs.
        too_late: pending, and too old to be approved.
    """

    shown: ShownRequest
    requester_id: str
    digest: str
    state: RequestState
    valid_until: datetime
    too_late: bool
    decided_by: str | None
    decided_at: datetime | None
    refused_because: str | None


def list_pending(
    db: Session, registration_id: str, *, now: datetime
) -> list[AccessRequestView]:
    """Give what waits for an approval, longest waiting first, too late or not."""
    pending = db.scalars(
        select(AccessRequest)
        .where(
            AccessRequest.registration_id == registration_id,
            AccessRequest.state == RequestState.PENDING.value,
        )
        .order_by(AccessRequest.requested_at, AccessRequest.id)
    ).all()
    return [_view(db, request, now) for request in pending]


def view_request(
    db: Session, registration_id: str, request_id: str, *, now: datetime
) -> AccessRequestView:
    """Show one request.

    Raises:
        InventoryError: NOT_FOUND, also for a request of another registration.
    """
    request = db.get(AccessRequest, request_id)
    if request is None or request.registration_id != registration_id:
        raise request_not_found()
    return _view(db, request, now)


def _view(db: Session, request: AccessRequest, now: datetime) -> AccessRequestView:
    state, until = RequestState(request.state), valid_until(request.requested_at)
    decider = db.get(Person, request.decided_by) if request.decided_by else None
    is_refused = state is RequestState.REFUSED
    return AccessRequestView(
        shown=read_entry(entry_of(request)),
        requester_id=request.requested_by,
        digest=request.digest,
        state=state,
        valid_until=until,
        too_late=state is RequestState.PENDING and now > until,
        decided_by=decider.name if decider else None,
        decided_at=request.decided_at,
        refused_because=_reason(db, request) if is_refused else None,
    )


def _reason(db: Session, request: AccessRequest) -> str | None:
    """Read the words of a refusal, which stand beside its entry."""
    here = request.registration_id
    for event in book.read(db, here, subject=request.id):
        if json.loads(event.body)["tag"] == Tag.ACCESS_REFUSED:
            return texts.read(db, here, event.position).get("reason")
    return None
