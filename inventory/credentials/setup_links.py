"""One-time links by which people set their password themselves.

An administrator hands a link over and never learns a password (ASVS 6.4.6). 256 random
bits, kept as SHA-256, for a day, for one use.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from inventory.credentials import sign_ins
from inventory.credentials.actors import load_actor
from inventory.credentials.changes import tell
from inventory.credentials.factors import RESET, set_password
from inventory.credentials.identified import Identified, identified_as
from inventory.credentials.passwords import NewPassword
from inventory.credentials.presented import Factor
from inventory.credentials.tokens import fingerprint, new_cookie_secret
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import SetupLink
from inventory.models.people import Person

LIFETIME: Final = timedelta(hours=24)
FIRST: Final = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """For whom a link is, and where they are to work."""

    link_id: str
    person_id: str
    registration_id: str
    purpose: str
    sign_in_name: str
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIssued:
    """A new link; its secret is shown once."""

    link_id: str
    secret: str = field(repr=False)
    expires_at: datetime


def issue(
    db: Session,
    person_id: str,
    registration_id: str,
    *,
    purpose: str,
    created_by: str,
    approved_by: str | None,
    now: datetime,
) -> LinkIssued:
    """Make a link for a person without a password; earlier ones stop working.

    Args:
        db: the open transaction.
        person_id: for whom.
        registration_id: where they are to work.
        purpose: `first` or `reset`.
        created_by: who hands it over.
        approved_by: who approved the reset; None for a first link.
        now: the present instant.

    Raises:
        InventoryError: NOT_FOUND when there is no such active person; ALREADY_EXISTS
            when they have a password, which only an approved reset takes away.
    """
    person = db.scalar(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    )
    if person is None or person.disabled_at is not None or person.kind != "person":
        raise InventoryError(
            ErrorCode.NOT_FOUND, "There is no such person. Check the name."
        )
    if person.password_hash is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This person has a password already. If it is lost, ask for a reset, "
            "which a second person approves.",
        )
    _revoke_open(db, person_id, now=now)
    secret = new_cookie_secret()
    link = SetupLink(
        id=new_id("lnk", now),
        person_id=person_id,
        registration_id=registration_id,
        purpose=purpose,
        secret_sha256=fingerprint(secret),
        created_by=created_by,
        approved_by=approved_by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    db.add(link)
    db.flush()
    return LinkIssued(link_id=link.id, secret=secret, expires_at=link.expires_at)


def look_up(db: Session, secret: str, *, now: datetime) -> OpenLink | None:
    """Give the link of a secret; None for one that is unknown, used or expired."""
    found = db.execute(
        select(SetupLink, Person)
        .join(Person, Person.id == SetupLink.person_id)
        .where(
            SetupLink.secret_sha256 == fingerprint(secret),
            SetupLink.used_at.is_(None),
            SetupLink.revoked_at.is_(None),
            SetupLink.expires_at > now,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    link, person = found
    return OpenLink(
        link_id=link.id,
        person_id=person.id,
        registration_id=link.registration_id,
        purpose=link.purpose,
        sign_in_name=person.sign_in_name,
        name=person.name,
        expires_at=link.expires_at,
    )


def as_owner(db: Session, secret: str, *, clock: Clock) -> Identified:
    """Give the person a link is for, so that they can add a second factor first.

    Raises:
        InventoryError: NOT_FOUND for a link that is unknown, used or expired.
    """
    return _owner(db, _open(db, secret, clock), clock)


def complete(
    db: Session, secret: str, password: NewPassword, *, clock: Clock
) -> OpenLink:
    """Set the person's password, once; every sign-in of theirs ends.

    For a password under 15 characters a second factor is confirmed before, in the same
    transaction (`second_factors.add_authenticator`).

    Raises:
        InventoryError: NOT_FOUND for a link that is unknown, used or expired;
            INVALID_FIELD for a short password without a second factor.
    """
    now = clock.now()
    link = _open(db, secret, clock)
    owner = _owner(db, link, clock)
    unused = update(SetupLink).where(
        SetupLink.id == link.link_id,
        SetupLink.used_at.is_(None),
        SetupLink.revoked_at.is_(None),
    )
    done = db.execute(unused.values(used_at=now))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise _no_link()
    set_password(db, link.person_id, password, now=now)
    sign_ins.end_all(db, link.person_id, why=RESET, now=now)
    tell(db, owner.actor, "password_set", also_in=link.registration_id, clock=clock)
    return link


def _open(db: Session, secret: str, clock: Clock) -> OpenLink:
    link = look_up(db, secret, now=clock.now())
    if link is None:
        raise _no_link()
    return link


def _owner(db: Session, link: OpenLink, clock: Clock) -> Identified:
    actor = load_actor(db, link.person_id, now=clock.now())
    if actor is None:
        raise _no_link()
    return identified_as(actor, (Factor.SETUP_LINK.value,), at=clock.now())


def _revoke_open(db: Session, person_id: str, *, now: datetime) -> None:
    earlier = update(SetupLink).where(
        SetupLink.person_id == person_id,
        SetupLink.used_at.is_(None),
        SetupLink.revoked_at.is_(None),
    )
    db.execute(earlier.values(revoked_at=now))


def _no_link() -> InventoryError:
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "This link does not work: it was used, has expired, or another one took its "
        "place. Ask your administrator for a new one.",
    )
