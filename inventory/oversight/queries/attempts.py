"""Which refused attempts a site may see, and those it sees.

A site sees what anybody tried at its own addresses; what its people tried at addresses
of no site, and at those of sites where they do not belong; and sign-ins that failed
under the name of one of its people. What its people try at another site where they
belong is that site's to see (invariant I30).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.attempts import Attempt, SuppressedAttempts, window_of
from inventory.models.people import Membership, Person

PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsAsked:
    """Which attempts are wanted; None does not narrow.

    Attributes:
        between: from an instant until before another.
        before: id of the last attempt of the page before.
    """

    person_id: str | None = None
    action: str | None = None
    code: str | None = None
    between: tuple[datetime, datetime] | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One attempt that was refused.

    Attributes:
        person_id: who tried; None for somebody who was not signed in.
        person: their name, if they belong to the site.
        claimed_person_id: whose sign-in name was given in vain.
    """

    id: str
    tried_at: datetime
    person_id: str | None
    person: str | None
    claimed_person_id: str | None
    source: str
    network: str
    action: str
    path: str
    code: str
    field: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedView:
    """How many more of one kind there were in the ten minutes from an instant on."""

    like: str
    action: str
    code: str
    window_from: datetime
    attempts: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsPage:
    """Attempts, latest first, and what was only counted beside them.

    Attributes:
        next_before: `before` of the next page; None on the last.
    """

    attempts: Sequence[AttemptView]
    suppressed: Sequence[SuppressedView]
    next_before: str | None


@dataclass(frozen=True, slots=True)
class _Members:
    """The people of a site: their names, and what stands for a name given in vain."""

    names: dict[str, str]
    claimed: dict[str, str]


def list_attempts(
    db: Session,
    registration_id: str,
    asked: AttemptsAsked,
    *,
    key_of_name: Callable[[str], str],
) -> AttemptsPage:
    """Give a page of the attempts that a site may see.

    Args:
        db: the open transaction.
        registration_id: the site.
        asked: which attempts.
        key_of_name: gives what stands for a sign-in name in `Attempt.source`.

    Raises:
        InventoryError: INVALID_FIELD for a page that begins nowhere in the list.
    """
    members = _members(db, registration_id, key_of_name)
    visible = _visible(registration_id, members)
    query = select(Attempt).where(visible, *_narrow(asked))
    if asked.before is not None:
        query = query.where(_earlier(_last(db, visible, asked.before)))
    newest_first = query.order_by(Attempt.tried_at.desc(), Attempt.id.desc())
    rows = db.scalars(newest_first.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    return AttemptsPage(
        attempts=[_view(row, members) for row in shown],
        suppressed=_suppressed(db, shown),
        next_before=shown[-1].id if len(rows) > PAGE else None,
    )


def _members(
    db: Session, registration_id: str, key_of_name: Callable[[str], str]
) -> _Members:
    people = db.execute(
        select(Person.id, Person.name, Person.sign_in_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.registration_id == registration_id)
    ).all()
    return _Members(
        names={row.id: row.name for row in people},
        claimed={key_of_name(row.sign_in_name): row.id for row in people},
    )


def _visible(registration_id: str, members: _Members) -> ColumnElement[bool]:
    belongs = aliased(Membership)
    elsewhere = exists().where(
        belongs.person_id == Attempt.person_id,
        belongs.registration_id == Attempt.registration_id,
    )
    return or_(
        Attempt.registration_id == registration_id,
        and_(Attempt.person_id.in_(members.names), ~elsewhere),
        and_(Attempt.person_id.is_(None), Attempt.source.in_(members.claimed)),
    )


def _narrow(asked: AttemptsAsked) -> Iterable[ColumnElement[bool]]:
    if asked.person_id is not None:
        yield Attempt.person_id == asked.person_id
    if asked.action is not None:
        yield Attempt.action == asked.action
    if asked.code is not None:
        yield Attempt.code == asked.code
    if asked.between is not None:
        start, end = asked.between
        yield and_(Attempt.tried_at >= start, Attempt.tried_at < end)


def _last(db: Session, visible: ColumnElement[bool], attempt_id: str) -> Attempt:
    last = db.scalar(select(Attempt).where(Attempt.id == attempt_id, visible))
    if last is None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The list has no such attempt. Take `next_before` of the page before.",
            field="before",
        )
    return last


def _earlier(last: Attempt) -> ColumnElement[bool]:
    same_instant = and_(Attempt.tried_at == last.tried_at, Attempt.id < last.id)
    return or_(Attempt.tried_at < last.tried_at, same_instant)


def _view(row: Attempt, members: _Members) -> AttemptView:
    return AttemptView(
        id=row.id,
        tried_at=row.tried_at,
        person_id=row.person_id,
        person=members.names.get(row.person_id or ""),
        claimed_person_id=members.claimed.get(row.source),
        source=row.source,
        network=row.network,
        action=row.action,
        path=row.path,
        code=row.code,
        field=row.field,
        detail=row.detail,
    )


def _suppressed(db: Session, shown: Sequence[Attempt]) -> list[SuppressedView]:
    """Give the counts beside attempts: further ones of a kind of which 20 are kept."""
    kinds = {
        (row.principal, row.action, row.code, window_of(row.tried_at)): row.id
        for row in reversed(shown)
    }
    it = SuppressedAttempts
    rows = db.scalars(
        select(it)
        .where(tuple_(it.principal, it.action, it.code, it.window_from).in_(kinds))
        .order_by(it.last_at.desc(), it.principal, it.action, it.code)
    )
    return [
        SuppressedView(
            like=kinds[row.principal, row.action, row.code, row.window_from],
            action=row.action,
            code=row.code,
            window_from=row.window_from,
            attempts=row.attempts,
            last_at=row.last_at,
        )
        for row in rows
    ]
