"""Signed-in browsers: a random secret in a cookie, a row for it in the database.

A sign-in ends after 15 minutes without a request and after 12 hours in any case (one
long shift), or when the person signs out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.credentials.tokens import fingerprint, new_cookie_secret
from inventory.kernel.actors import Actor
from inventory.models.people import SignIn

IDLE_MAX: Final = timedelta(minutes=15)
OVERALL_MAX: Final = timedelta(hours=12)

# A page view is noted at most once a minute: reading the books should not write.
_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and whether this visit is worth a note."""

    actor: Actor
    wants_note: bool


def begin(db: Session, person_id: str, *, now: datetime) -> str:
    """Sign a browser in; give the secret for its cookie."""
    secret = new_cookie_secret()
    row = SignIn(
        secret_sha256=fingerprint(secret),
        person_id=person_id,
        created_at=now,
        last_seen_at=now,
    )
    db.add(row)
    return secret


def resume(db: Session, secret: str, *, now: datetime) -> SignedIn | None:
    """Give whoever is signed in under a secret, with the roles they hold now."""
    row = db.get(SignIn, fingerprint(secret))
    if row is None or row.ended_at is not None:
        return None
    if now >= row.last_seen_at + IDLE_MAX or now >= row.created_at + OVERALL_MAX:
        return None
    actor = load_actor(db, row.person_id)
    if actor is None:
        return None
    return SignedIn(actor, wants_note=now >= row.last_seen_at + _NOTED_EVERY)


def note_visit(db: Session, secret: str, *, now: datetime) -> None:
    """Note that the browser is still in use."""
    _set(db, secret, last_seen_at=now)


def end(db: Session, secret: str, *, now: datetime) -> None:
    """Sign a browser out for good."""
    _set(db, secret, ended_at=now)


def _set(db: Session, secret: str, **values: datetime) -> None:
    query = update(SignIn).where(
        SignIn.secret_sha256 == fingerprint(secret), SignIn.ended_at.is_(None)
    )
    db.execute(query.values(values))
