"""Reads about emergency access: what awaits review, and one with all done under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from inventory.emergency.rows import (
    History,
    access_facts,
    find_access,
    read_history,
)
from inventory.emergency.rules import Finding, State
from inventory.emergency.shown import MadeUnder, made_under, write_entry
from inventory.journal import texts
from inventory.journal.canonical import digest
from inventory.journal.events import Tag
from inventory.models.access import EmergencyAccess
from inventory.models.people import Person

REVIEWED_SHOWN: Final = 100
_SECOND: Final = timedelta(seconds=1)
_Reviewer = aliased(Person)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyView:
    """An emergency access as a task: whose, since when, and whether it is reviewed.

    `age_s` counts from its start while nobody has reviewed it; `is_overdue` tells that
    this has taken more than a day.
    """

    access_id: str
    person_id: str
    person_name: str
    started_at: datetime
    over_at: datetime
    state: State
    age_s: int | None
    is_overdue: bool
    reviewed_by: str | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyDetails:
    """What a reviewer must see before signing, and what a reviewer found.

    Attributes:
        access: whose, and when.
        reason: why it was started.
        lapses: what would have kept the person from the stock.
        entries: everything done under it.
        digest: of exactly this, to be signed.
        finding: once reviewed.
        words: the reviewer's.
    """

    access: EmergencyView
    reason: str
    lapses: Sequence[str]
    entries: Sequence[MadeUnder]
    digest: str
    finding: Finding | None
    words: str | None


def list_accesses(
    db: Session, registration_id: str, *, now: datetime
) -> list[EmergencyView]:
    """List every emergency access without a review, then the last that have one."""
    reviewed = (
        _views(registration_id)
        .where(EmergencyAccess.reviewed_at.is_not(None))
        .order_by(EmergencyAccess.reviewed_at.desc(), EmergencyAccess.id)
        .limit(REVIEWED_SHOWN)
    )
    done = [_view(*row, now) for row in db.execute(reviewed)]
    return [*list_unreviewed(db, registration_id, now=now), *done]


def list_unreviewed(
    db: Session, registration_id: str, *, now: datetime
) -> list[EmergencyView]:
    """List what nobody has reviewed, longest waiting first, running or not."""
    query = (
        _views(registration_id)
        .where(EmergencyAccess.reviewed_at.is_(None))
        .order_by(EmergencyAccess.started_at, EmergencyAccess.id)
    )
    return [_view(*row, now) for row in db.execute(query)]


def view_access(
    db: Session, registration_id: str, access_id: str, *, now: datetime
) -> EmergencyDetails:
    """Show one emergency access as its reviewer must see it.

    Raises:
        InventoryError: NOT_FOUND, also for one of another registration.
    """
    access = access_facts(find_access(db, registration_id, access_id))
    query = _views(registration_id).where(EmergencyAccess.id == access_id)
    history = read_history(db, access)
    made = made_under(db, access, history)
    review = history.get(Tag.EMERGENCY_REVIEWED)
    return EmergencyDetails(
        access=_view(*db.execute(query).one(), now),
        reason=_text(db, history, Tag.EMERGENCY_STARTED, "reason") or "",
        lapses=history[Tag.EMERGENCY_STARTED]["data"]["lapses"],
        entries=made,
        digest=digest(write_entry(access, history, made)),
        finding=Finding(review["data"]["finding"]) if review else None,
        words=_text(db, history, Tag.EMERGENCY_REVIEWED, "words"),
    )


def _views(registration_id: str) -> Select[EmergencyAccess, str, str | None]:
    return (
        select(EmergencyAccess, Person.name, _Reviewer.name)
        .join(Person, Person.id == EmergencyAccess.person_id)
        .outerjoin(_Reviewer, _Reviewer.id == EmergencyAccess.reviewed_by)
        .where(EmergencyAccess.registration_id == registration_id)
    )


def _view(
    row: EmergencyAccess, person_name: str, reviewed_by: str | None, now: datetime
) -> EmergencyView:
    access = access_facts(row)
    return EmergencyView(
        access_id=access.id,
        person_id=access.person_id,
        person_name=person_name,
        started_at=access.started_at,
        over_at=access.over_at,
        state=access.state(now),
        age_s=None if access.reviewed_at else (now - access.started_at) // _SECOND,
        is_overdue=access.is_overdue(now),
        reviewed_by=reviewed_by,
        reviewed_at=access.reviewed_at,
    )


def _text(db: Session, history: History, tag: Tag, name: str) -> str | None:
    body = history.get(tag)
    if body is None:
        return None
    return texts.read(db, body["book"], body["position"]).get(name)
