"""Refused attempts, kept: who tried what, from where, and why not (invariant I28).

A program gone wild must not fill the disk: of one kind of attempt, 20 are kept in a
window of ten minutes, of all further ones only how many there were. Kept and counted
together are all of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inventory.kernel.identifiers import new_id
from inventory.models.attempts import (
    WINDOW,
    Attempt,
    SuppressedAttempts,
    window_of,
)
from inventory.models.sites import Registration

KEPT_PER_WINDOW: Final = 20

# Two of one kind at once must not both be the twentieth.
_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 0))")
_POSTGRESQL: Final = "postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt that was refused.

    Attributes:
        registration_id: as the address named it; kept if there is such a registration.
        person_id: who tried, if that is known.
        principal: the person, or a keyed hash of the network.
        source: the sign-in or token it came by, or a keyed hash of the name given.
        network: where it came from.
        action: method and rule of the address.
        path: the address itself, "" where it could hold a secret.
        code: why it was refused.
        field: the input at fault, if one was.
        detail: the sentence that was answered.
    """

    registration_id: str | None
    person_id: str | None
    principal: str
    source: str
    network: str
    action: str
    path: str
    code: str
    field: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is counted together: one principal at one site, one action, one reason."""

    principal: str
    action: str
    code: str


def keep(db: Session, tried: Tried, *, now: datetime) -> None:
    """Keep an attempt, or count it where enough of its kind are kept already."""
    site = _site(db, tried.registration_id)
    at_site = f"{tried.principal} at {site}" if site else tried.principal
    kind = _Kind(at_site, tried.action, tried.code)
    _take_turn(db, kind)
    if _kept(db, kind, window_of(now)) < KEPT_PER_WINDOW:
        db.add(_row(tried, kind, site, now=now))
        db.flush()
    else:
        _count(db, kind, site, now=now)


def _site(db: Session, registration_id: str | None) -> str | None:
    return db.scalar(select(Registration.id).where(Registration.id == registration_id))


def _take_turn(db: Session, kind: _Kind) -> None:
    if db.get_bind().dialect.name == _POSTGRESQL:
        said = f"{kind.principal} {kind.action} {kind.code}"
        db.execute(_TURN, {"kind": said})


def _kept(db: Session, kind: _Kind, window_from: datetime) -> int:
    same = (
        select(Attempt.id)
        .where(
            Attempt.principal == kind.principal,
            Attempt.action == kind.action,
            Attempt.code == kind.code,
            Attempt.tried_at >= window_from,
            Attempt.tried_at < window_from + WINDOW,
        )
        .limit(KEPT_PER_WINDOW)
    )
    return db.scalar(select(func.count()).select_from(same.subquery())) or 0


def _row(tried: Tried, kind: _Kind, site: str | None, *, now: datetime) -> Attempt:
    return Attempt(
        id=new_id("att", now),
        tried_at=now,
        registration_id=site,
        person_id=tried.person_id,
        principal=kind.principal,
        source=tried.source,
        network=tried.network,
        action=tried.action,
        path=tried.path,
        code=tried.code,
        field=tried.field,
        detail=tried.detail,
    )


def _count(db: Session, kind: _Kind, site: str | None, *, now: datetime) -> None:
    row = {
        "principal": kind.principal,
        "action": kind.action,
        "code": kind.code,
        "window_from": window_of(now),
        "registration_id": site,
        "attempts": 1,
        "last_at": now,
    }
    db.execute(_one_more(db), row)


def _one_more(db: Session) -> Any:
    is_postgresql = db.get_bind().dialect.name == _POSTGRESQL
    insert = (postgresql if is_postgresql else sqlite).insert(SuppressedAttempts)
    return insert.on_conflict_do_update(
        index_elements=["principal", "action", "code", "window_from"],
        set_={
            "attempts": SuppressedAttempts.attempts + 1,
            "last_at": insert.excluded.last_at,
        },
    )
