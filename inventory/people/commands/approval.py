"""Approve a change of somebody's access: it is made in the same transaction."""

import json
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.credentials.standing import as_of_now
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.kernel.actors import (
    Actor,
    Identification,
    Permission,
    Proof,
    require_permission,
)
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import AccessRequest
from inventory.models.people import Grant, Membership, Person
from inventory.people import rules
from inventory.people.checks import (
    require_ending,
    require_everywhere,
    require_resetting,
)
from inventory.people.commands.requests import lock_request
from inventory.people.entries import ShownRequest, asked, entry_of, read_entry
from inventory.people.grants import Decision, end, give
from inventory.people.reset import reset_credentials
from inventory.people.rows import lock_member, lock_sites, require_active
from inventory.people.rules import RequestKind, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAccess:
    """Approve a request, with one's own full credential over its digest."""

    registration_id: str
    request_id: str
    approval: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessApproved:
    """A change of access that two people decided, and the entry that says so."""

    shown: ShownRequest
    approved_by: str
    recorded: Appended


def approve_access(
    db: Session, command: ApproveAccess, *, actor: Actor, clock: Clock
) -> AccessApproved:
    """Make the change that was asked for.

    The books name who asked as the author and who approved as the second person,
    whoever is signed in while the approver signs (decision 0007).

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD, or as
            `rules.check_approval`.
    """
    here, now = command.registration_id, clock.now()
    require_permission(actor, Permission.APPROVE_ACCESS, here)
    request = lock_request(db, here, command.request_id)
    approval = as_of_now(db, command.approval, now=now)
    rules.check_approval(asked(request), approval, now=now)
    person, member = lock_member(db, here, request.person_id)
    lock_sites(db, [here])
    request.state, request.decided_by = RequestState.APPROVED.value, approval.person.id
    request.decided_at = now
    db.flush()
    entry = entry_of(request)
    decision = Decision(
        registration_id=here,
        by=_requester(db, request, clock),
        approval=approval,
        data={"request": request.id, "entry": entry},
    )
    shown = read_entry(entry)
    recorded = _change(db, decision, shown, person, member, clock=clock)
    return AccessApproved(
        shown=shown, approved_by=approval.person.name, recorded=recorded
    )


def _change(
    db: Session,
    decision: Decision,
    shown: ShownRequest,
    person: Person,
    member: Membership,
    *,
    clock: Clock,
) -> Appended:
    if shown.kind is RequestKind.RESET_CREDENTIALS:
        assert decision.approval is not None, "a reset is approved by somebody"
        approver = decision.approval.person
        require_resetting(db, person, by=decision.by)
        require_everywhere(db, person, approver, Permission.APPROVE_ACCESS)
        return reset_credentials(db, decision, person, clock=clock)
    if shown.kind is RequestKind.GRANT_ROLE:
        assert shown.role is not None, "a role was asked for"
        require_active(person)
        _require_yet_to_end(shown, clock)
        return give(
            db,
            decision,
            person,
            member,
            shown.role,
            ends_at=shown.ends_at,
            clock=clock,
        )
    grant = _still_held(db, shown)
    require_ending(db, grant, now=clock.now())
    return end(db, decision, person, member, grant, clock=clock)


def _requester(db: Session, request: AccessRequest, clock: Clock) -> Actor:
    """Give who asked, as they were known then, who must be entitled still.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    here = request.registration_id
    requester = load_actor(db, request.requested_by, now=clock.now())
    if requester is None or not requester.may(Permission.MANAGE_PEOPLE, here):
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            "Whoever asked for this no longer manages people here. "
            "Refuse it, and let another administrator ask anew.",
            permission=Permission.MANAGE_PEOPLE.value,
        )
    event = next(book.read(db, here, subject=request.id))
    author = json.loads(event.body)["actor"]
    known_by = Identification(
        factors=tuple(author["factors"]),
        source=author["source"],
        terminal=author["terminal"],
    )
    return replace(requester, known_by=known_by)


def _require_yet_to_end(shown: ShownRequest, clock: Clock) -> None:
    if shown.ends_at is not None and shown.ends_at <= clock.now():
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The visit that was asked for is over. Refuse this and ask anew.",
            field="ends_on",
        )


def _still_held(db: Session, shown: ShownRequest) -> Grant:
    grant = db.get_one(Grant, shown.grant_id)
    if grant.ended_at is not None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"{shown.name} is not {shown.role} here any more. "
            "There is nothing to do: refuse this.",
            field="role",
        )
    return grant
