"""Give and end roles: the rows, and the entries that tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Proof, Role
from inventory.kernel.clock import Clock, format_instant
from inventory.kernel.identifiers import new_id
from inventory.models.people import Grant, Membership, Person
from inventory.people import rules
from inventory.people.rows import grants_of, in_force, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who changes an access, and who approved it.

    Attributes:
        registration_id: where.
        by: who asked for it: the author of the entries.
        approval: the second person's signature; None at the founding of books.
        data: the request and its entry, as it was signed.
    """

    registration_id: str
    by: Actor
    approval: Proof | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def give(
    db: Session,
    decision: Decision,
    person: Person,
    member: Membership,
    role: Role,
    *,
    ends_at: datetime | None,
    clock: Clock,
) -> Appended:
    """Give a role, judged against those that the person holds at the site now.

    Raises:
        InventoryError: ALREADY_EXISTS, INVALID_FIELD.
    """
    now = clock.now()
    held = _end_lapsed(db, decision, person, member, clock=clock)
    is_job = person.kind == "job"
    rules.require_grantable(role, [Role(each.role) for each in held], is_job=is_job)
    rules.require_screened(role, member.screened_on)
    member.duty = rules.duty_of(role) or member.duty
    db.flush()
    grant = Grant(
        id=new_id("grt", now),
        person_id=person.id,
        registration_id=decision.registration_id,
        role=role.value,
        duty=rules.duty_of(role),
        granted_at=now,
        granted_by=decision.by.id,
        approved_by=decision.approval.person.id if decision.approval else None,
        ends_at=ends_at,
    )
    db.add(grant)
    db.flush()
    end = {"ends_at": ends_at and format_instant(ends_at)}
    return _record(db, decision, Tag.ROLE_GRANTED, person, grant, end, clock)


def end(
    db: Session,
    decision: Decision,
    person: Person,
    member: Membership,
    grant: Grant,
    *,
    clock: Clock,
) -> Appended:
    """End a role; its row stays and says until when."""
    take(db, member, grant, by=decision.by.id, now=clock.now())
    return _record(db, decision, Tag.ROLE_ENDED, person, grant, {}, clock)


def take(
    db: Session, member: Membership, grant: Grant, *, by: str, now: datetime
) -> None:
    """End a role in its row, and the duty when it was the last that had it."""
    grant.duty, grant.ended_at, grant.ended_by = None, now, by
    db.flush()
    left = grants_of(db, grant.person_id, grant.registration_id)
    if not any(each.duty for each in left):
        member.duty = None
        db.flush()


def _end_lapsed(
    db: Session,
    decision: Decision,
    person: Person,
    member: Membership,
    *,
    clock: Clock,
) -> list[Grant]:
    """End visits that are over; give the roles that are in force."""
    grants = grants_of(db, person.id, decision.registration_id)
    for grant in grants:
        if not in_force(grant, clock.now()):
            end(db, decision, person, member, grant, clock=clock)
    return [grant for grant in grants if in_force(grant, clock.now())]


def _record(
    db: Session,
    decision: Decision,
    tag: Tag,
    person: Person,
    grant: Grant,
    more: Mapping[str, Any],
    clock: Clock,
) -> Appended:
    event = AuditEvent(
        book_id=decision.registration_id,
        tag=tag,
        subject=person.id,
        actor=decision.by,
        occurred_at=clock.now(),
        data={
            "grant": grant.id,
            "role": grant.role,
            "person": snapshot(person),
            **more,
            **decision.data,
        },
        witness=decision.approval,
    )
    return book.append(db, event, clock=clock)
