"""Ask for a change of somebody's access; withdraw or refuse what was asked.

The database knows who asked and who decides, and refuses when they are one person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Meaning, Permission, Role, require_permission
from inventory.kernel.clock import Clock, civil_day, day_bounds
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.access import AccessRequest
from inventory.models.people import Grant, Membership, Person
from inventory.people import rules
from inventory.people.checks import (
    find_grant,
    require_ending,
    require_granting,
    require_resetting,
)
from inventory.people.commands.attestations import zone_of
from inventory.people.entries import (
    ShownRequest,
    asked,
    entry_of,
    read_entry,
    seal,
    write_entry,
)
from inventory.people.rows import lock_member, lock_sites
from inventory.people.rules import RequestKind, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccess:
    """Ask for a role, for the end of one, or for a reset of credentials.

    Attributes:
        role: which role; none for a reset.
        ends_on: the last day of an inspector's visit.
    """

    registration_id: str
    person_id: str
    kind: RequestKind
    role: Role | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequested:
    """The entry as the approver must see it, and the digest to sign."""

    shown: ShownRequest
    digest: str
    valid_until: datetime
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAccess:
    """Say no to a request, as somebody who might have approved it."""

    registration_id: str
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAccess:
    """Take a request back; it stays on record."""

    registration_id: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDecided:
    """A request that nobody can approve any more, or that was approved."""

    request_id: str
    state: RequestState
    recorded: Appended


def request_access(
    db: Session, command: RequestAccess, *, actor: Actor, clock: Clock
) -> AccessRequested:
    """Ask for a change that another person must approve. Nothing changes yet.

    What cannot be approved is refused here already, and judged again at the approval.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD, ALREADY_EXISTS.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    person, member = lock_member(db, here, command.person_id)
    lock_sites(db, [here])
    now = clock.now()
    grant = _judge(db, command, person, member, actor=actor, now=now)
    request = AccessRequest(
        id=new_id("acr", now),
        registration_id=here,
        kind=command.kind.value,
        person_id=person.id,
        requested_by=actor.id,
        requested_at=now,
        state=RequestState.PENDING.value,
    )
    entry = write_entry(
        request,
        person,
        role=command.role,
        grant=grant,
        ends_at=_end_of(db, command),
        requested_by=actor,
    )
    _require_new(db, request, command)
    seal(request, entry)
    db.add(request)
    db.flush()
    data = {"entry": entry, "digest": request.digest}
    return AccessRequested(
        shown=read_entry(entry),
        digest=request.digest,
        valid_until=rules.valid_until(now),
        recorded=_record(db, request, Tag.ACCESS_REQUESTED, data, actor, clock),
    )


def refuse_access(
    db: Session, command: RefuseAccess, *, actor: Actor, clock: Clock
) -> RequestDecided:
    """Refuse a request, also one that is too old to be approved.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, WITNESS_IS_ACTOR, ALREADY_EXISTS.
    """
    require_permission(actor, Permission.APPROVE_ACCESS, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    rules.require_decider(asked(request), actor)
    return decide(
        db, request, RequestState.REFUSED, actor, clock, reason=command.reason
    )


def withdraw_access(
    db: Session, command: WithdrawAccess, *, actor: Actor, clock: Clock
) -> RequestDecided:
    """Take back a request, one's own or another administrator's.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS.
    """
    require_permission(actor, Permission.MANAGE_PEOPLE, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    return decide(db, request, RequestState.WITHDRAWN, actor, clock)


def lock_request(db: Session, registration_id: str, request_id: str) -> AccessRequest:
    """Lock a request, first of all locks.

    Raises:
        InventoryError: NOT_FOUND, also for a request of another registration.
    """
    row = db.scalar(
        select(AccessRequest)
        .where(
            AccessRequest.id == request_id,
            AccessRequest.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )
    if row is None:
        raise request_not_found()
    return row


def request_not_found() -> InventoryError:
    """Say that a registration has no such request."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such request at this site. Choose one from the list.",
        field="request_id",
    )


def decide(
    db: Session,
    request: AccessRequest,
    state: RequestState,
    actor: Actor,
    clock: Clock,
    *,
    reason: str | None = None,
) -> RequestDecided:
    """End a pending request without a change of access.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    rules.require_pending(RequestState(request.state))
    request.state, request.decided_by = state.value, actor.id
    request.decided_at = clock.now()
    db.flush()
    refused = state is RequestState.REFUSED
    tag = Tag.ACCESS_REFUSED if refused else Tag.ACCESS_WITHDRAWN
    return RequestDecided(
        request_id=request.id,
        state=state,
        recorded=_record(db, request, tag, {}, actor, clock, reason=reason),
    )


def _judge(
    db: Session,
    command: RequestAccess,
    person: Person,
    member: Membership,
    *,
    actor: Actor,
    now: datetime,
) -> Grant | None:
    """Judge what is asked for as if it were approved now; give the role to end."""
    here, role = command.registration_id, command.role
    if command.kind is RequestKind.RESET_CREDENTIALS:
        if role is not None or command.ends_on is not None:
            raise _unfit("A reset has no role and no end. Leave both out.")
        require_resetting(db, person, by=actor)
        return None
    if role is None:
        raise _unfit("Say which role.")
    if command.kind is RequestKind.GRANT_ROLE:
        rules.require_another(actor.id, person.id, "asks for a role for")
        today = civil_day(now, zone_of(db, here))
        rules.require_visit(role, command.ends_on, today=today)
        require_granting(db, person, member, role, now=now)
        return None
    if command.ends_on is not None:
        raise _unfit("A role ends when this is approved. Leave the day out.")
    grant = find_grant(db, person, here, role)
    require_ending(db, grant, now=now)
    return grant


def _end_of(db: Session, command: RequestAccess) -> datetime | None:
    if command.ends_on is None:
        return None
    return day_bounds(command.ends_on, zone_of(db, command.registration_id))[1]


def _require_new(db: Session, request: AccessRequest, command: RequestAccess) -> None:
    """Refuse to ask twice for what may still be approved.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    since = request.requested_at - rules.APPROVED_WITHIN
    pending = db.scalars(
        select(AccessRequest).where(
            AccessRequest.registration_id == request.registration_id,
            AccessRequest.person_id == request.person_id,
            AccessRequest.kind == request.kind,
            AccessRequest.state == RequestState.PENDING.value,
            AccessRequest.requested_at >= since,
        )
    )
    if any(entry_of(each)["role"] == command.role for each in pending):
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This is asked for already and waits for its approval.",
            field="person_id",
        )


def _record(
    db: Session,
    request: AccessRequest,
    tag: Tag,
    data: Mapping[str, Any],
    actor: Actor,
    clock: Clock,
    *,
    reason: str | None = None,
) -> Appended:
    refused = tag is Tag.ACCESS_REFUSED
    event = AuditEvent(
        book_id=request.registration_id,
        tag=tag,
        subject=request.id,
        actor=actor,
        occurred_at=clock.now(),
        data={"request": request.id, **data},
        meaning=Meaning.REVIEW if refused else Meaning.AUTHORSHIP,
        texts={} if reason is None else {"reason": salted(reason)},
    )
    return book.append(db, event, clock=clock)


def _unfit(sentence: str) -> InventoryError:
    return InventoryError(ErrorCode.INVALID_FIELD, sentence, field="role")
