"""What was asked for, and the decision of somebody whom it does not concern."""

from typing import Any, Final

from marshmallow import Schema

from inventory.kernel.actors import Meaning, Permission
from inventory.people.access_requests import (
    AccessRequestView,
    list_pending,
    view_request,
)
from inventory.people.commands import (
    ApproveAccess,
    RefuseAccess,
    WithdrawAccess,
    approve_access,
    refuse_access,
    withdraw_access,
)
from inventory.people.pages.shown import (
    BOOK,
    KEEPS,
    address_of,
    address_of_request,
    blueprint,
    page,
)
from inventory.people.rules import RequestState
from inventory.people.schemas import ApproveForm, RefuseAccessSchema
from inventory.web.pages import Edge, Form, acts, shows

_ALL: Final = f"{BOOK}/access-requests"
_ONE: Final = f"{_ALL}/<request_id>"
_APPROVES: Final = Permission.APPROVE_ACCESS


@shows(blueprint, _ALL, Permission.READ_ACCESS)
def show_requests(edge: Edge) -> str:
    """List what waits for a decision."""
    pending = list_pending(edge.db, edge.registration_id, now=edge.clock.now())
    return page(edge, "requests.html", pending=pending)


@shows(blueprint, _ONE, Permission.READ_ACCESS)
def show_request(edge: Edge, request_id: str, form: Form | None = None) -> str:
    """Show a request word for word, and its approval to who may sign it."""
    asked = _asked(edge, request_id)
    is_open = asked.state is RequestState.PENDING
    concerned = (asked.requester_id, asked.shown.person_id)
    may_decide = edge.actor.may(_APPROVES, edge.registration_id)
    return page(
        edge,
        "request.html",
        asked=asked,
        form=form or Form(),
        is_open=is_open,
        may_decide=is_open and may_decide and edge.actor.id not in concerned,
        is_concerned=may_decide and edge.actor.id in concerned,
    )


@acts(
    blueprint,
    _ONE,
    _APPROVES,
    takes=ApproveForm,
    again=show_request,
    signs=True,
    wholly=True,
)
def approve_request(edge: Edge, fields: dict[str, Any], request_id: str) -> str:
    """Approve it, signed with all components over exactly what was shown."""
    command = ApproveAccess(
        registration_id=edge.registration_id,
        request_id=request_id,
        approval=edge.signed.over(fields["digest"], Meaning.APPROVAL),
    )
    approved = approve_access(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, approved.shown.person_id)


@shows(blueprint, f"{_ONE}/refusal", _APPROVES)
def show_refusal(edge: Edge, request_id: str, form: Form | None = None) -> str:
    """Show the form that refuses a request."""
    asked = _asked(edge, request_id)
    return page(edge, "refusal.html", asked=asked, form=form or Form())


@acts(
    blueprint,
    f"{_ONE}/refusal",
    _APPROVES,
    takes=RefuseAccessSchema,
    again=show_refusal,
)
def refuse_request(edge: Edge, fields: dict[str, Any], request_id: str) -> str:
    """Refuse a request, and say why."""
    command = RefuseAccess(
        registration_id=edge.registration_id, request_id=request_id, **fields
    )
    refuse_access(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of_request(edge, request_id)


@acts(blueprint, f"{_ONE}/withdrawal", KEEPS, takes=Schema, again=show_request)
def withdraw_request(edge: Edge, _: dict[str, Any], request_id: str) -> str:
    """Take a request back."""
    command = WithdrawAccess(
        registration_id=edge.registration_id, request_id=request_id
    )
    withdraw_access(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of_request(edge, request_id)


def _asked(edge: Edge, request_id: str) -> AccessRequestView:
    here, now = edge.registration_id, edge.clock.now()
    return view_request(edge.db, here, request_id, now=now)
