"""Signed-in browsers: a random secret in a cookie, a row for it in the database.

A sign-in ends after 15 minutes without a request and after 12 hours in any case (NIST
SP 800-63B-4 2.3.3), or when it is ended; that counts from the next request on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.credentials.networks import network_of
from inventory.credentials.tokens import fingerprint, new_cookie_secret
from inventory.kernel.actors import Actor, Identification
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import SignIn

IDLE_MAX: Final = timedelta(minutes=15)
OVERALL_MAX: Final = timedelta(hours=12)
BROWSER_LENGTH_MAX: Final = 200

# A page view is noted at most once a minute: reading the books should not write.
_NOTED_EVERY: Final = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is signed in, and since when they have signed.

    Attributes:
        actor: known by the factors of the sign-in, by it and by its terminal.
        sign_in_id: the row, which `list_active` shows too.
        wants_note: whether this visit is worth a `note_visit`.
        signed_at: the first signature of this sign-in, or None.
    """

    actor: Actor
    sign_in_id: str
    wants_note: bool
    signed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveSignIn:
    """A sign-in as its owner sees it in the list."""

    sign_in_id: str
    browser: str
    network: str
    terminal_id: str | None
    factors: tuple[str, ...]
    created_at: datetime
    last_seen_at: datetime


def begin(
    db: Session,
    actor: Actor,
    factors: tuple[str, ...],
    *,
    terminal_id: str | None,
    browser: str,
    network: str,
    now: datetime,
    limit: int = 1,
) -> str:
    """Sign a browser in; give the secret for its cookie.

    Older sign-ins beyond the limit end. One that was seen within the last 15 minutes
    raises an alert: somebody else may know the credential.

    Args:
        db: the open transaction.
        actor: whom.
        factors: what they used.
        terminal_id: the registered device it is, if any.
        browser: what it calls itself; its beginning is kept, for the list alone.
        network: the address it came from.
        now: the present instant.
        limit: how many sign-ins a person may have at once.
    """
    _end_older(db, actor, keep=limit - 1, now=now)
    secret = new_cookie_secret()
    db.add(
        SignIn(
            id=new_id("sgn", now),
            secret_sha256=fingerprint(secret),
            person_id=actor.id,
            factors=" ".join(factors),
            terminal_id=terminal_id,
            browser=browser[:BROWSER_LENGTH_MAX],
            network=network_of(network),
            created_at=now,
            last_seen_at=now,
        )
    )
    return secret


def resume(db: Session, secret: str, *, now: datetime) -> SignedIn | None:
    """Give whoever is signed in under a secret, with the roles they hold now."""
    row = db.scalar(select(SignIn).where(SignIn.secret_sha256 == fingerprint(secret)))
    if row is None or not _is_active(row, now):
        return None
    actor = load_actor(db, row.person_id, now=now)
    if actor is None:
        return None
    known_by = Identification(
        factors=tuple(row.factors.split()), source=row.id, terminal=row.terminal_id
    )
    return SignedIn(
        actor=replace(actor, known_by=known_by),
        sign_in_id=row.id,
        wants_note=now >= row.last_seen_at + _NOTED_EVERY,
        signed_at=row.signed_at,
    )


def note_visit(db: Session, secret: str, *, now: datetime) -> None:
    """Note that the browser is still in use."""
    _change(db, SignIn.secret_sha256 == fingerprint(secret), last_seen_at=now)


def note_signed(db: Session, sign_in_id: str, *, now: datetime) -> None:
    """Note the first signature of a sign-in; later ones change nothing."""
    first = (SignIn.id == sign_in_id) & SignIn.signed_at.is_(None)
    _change(db, first, signed_at=now)


def end(db: Session, secret: str, *, now: datetime) -> None:
    """Sign a browser out for good."""
    _end(db, SignIn.secret_sha256 == fingerprint(secret), why="signed_out", now=now)


def list_active(db: Session, person_id: str, *, now: datetime) -> list[ActiveSignIn]:
    """List where a person is signed in, latest first."""
    return [
        ActiveSignIn(
            sign_in_id=row.id,
            browser=row.browser,
            network=row.network,
            terminal_id=row.terminal_id,
            factors=tuple(row.factors.split()),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
        )
        for row in _active(db, person_id, now)
    ]


def revoke(
    db: Session, person_id: str, sign_in_id: str, *, by: str, now: datetime
) -> None:
    """End one sign-in of a person, from the next request on.

    Args:
        db: the open transaction.
        person_id: whose it has to be.
        sign_in_id: which.
        by: id of whoever revokes it.
        now: the present instant.

    Raises:
        InventoryError: NOT_FOUND when the person has no such active sign-in.
    """
    theirs = (SignIn.id == sign_in_id) & (SignIn.person_id == person_id)
    if not _end(db, theirs, why="revoked", now=now):
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This sign-in has ended already. Look at the list again.",
        )
    _log.info("sign_in_revoked", sign_in=sign_in_id, person=person_id, by=by)


def end_all(
    db: Session,
    person_id: str,
    *,
    why: str,
    now: datetime,
    except_id: str | None = None,
) -> int:
    """End all sign-ins of a person, but for one if it is named; tell how many.

    Args:
        db: the open transaction.
        person_id: whose.
        why: `reset`, `disabled` or `revoked`.
        now: the present instant.
        except_id: the sign-in that goes on, such as the one that asked.
    """
    theirs = SignIn.person_id == person_id
    if except_id is not None:
        theirs &= SignIn.id != except_id
    return _end(db, theirs, why=why, now=now)


def _end_older(db: Session, actor: Actor, *, keep: int, now: datetime) -> None:
    replaced = _active(db, actor.id, now)[keep:]
    for row in replaced:
        _end(db, SignIn.id == row.id, why="replaced", now=now)
    if replaced:
        raise_alert(
            db,
            actor.roles,
            AlertKind.OVERLAPPING_SIGN_IN,
            person_id=actor.id,
            detail=f"{actor.name} signed in while still signed in elsewhere; "
            f"the earlier sign-in has ended ({replaced[0].id}).",
            now=now,
        )


def _active(db: Session, person_id: str, now: datetime) -> list[SignIn]:
    query = select(SignIn).where(
        SignIn.person_id == person_id,
        SignIn.ended_at.is_(None),
        SignIn.last_seen_at > now - IDLE_MAX,
        SignIn.created_at > now - OVERALL_MAX,
    )
    return list(db.scalars(query.order_by(SignIn.created_at.desc(), SignIn.id.desc())))


def _is_active(row: SignIn, now: datetime) -> bool:
    if row.ended_at is not None:
        return False
    return now < row.last_seen_at + IDLE_MAX and now < row.created_at + OVERALL_MAX


def _end(db: Session, which: ColumnElement[bool], *, why: str, now: datetime) -> int:
    return _change(db, which, ended_at=now, ended_why=why)


def _change(db: Session, which: ColumnElement[bool], **values: datetime | str) -> int:
    query = update(SignIn).where(which, SignIn.ended_at.is_(None)).values(values)
    return cast("CursorResult[Any]", db.execute(query)).rowcount
