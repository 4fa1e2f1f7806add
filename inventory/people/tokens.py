"""Secrets for programs: issue a token, revoke it.

A token stands for its owner wherever the owner holds a role; it belongs to no book.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials.tokens import fingerprint, new_token
from inventory.kernel.actors import Actor
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.people import ApiToken, Grant, Person
from inventory.people import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Make a secret by which a program acts as a person or job."""

    person_id: str
    label: str
    valid_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued:
    """The token; its secret is shown here once and stored nowhere."""

    token_id: str
    person_id: str
    label: str
    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """End a token before its time."""

    token_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked:
    """Since when the token no longer works."""

    token_id: str
    revoked_at: datetime


def issue_token(
    db: Session, command: IssueToken, *, actor: Actor, clock: Clock
) -> TokenIssued:
    """Issue a token for oneself, or as an administrator for a scheduled job.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD.
    """
    person, sites = _owner(db, command.person_id)
    rules.require_may_issue(actor, person.id, is_job=person.kind == "job", sites=sites)
    rules.require_token_days(command.valid_days)
    now, secret = clock.now(), new_token()
    token = ApiToken(
        id=new_id("tok", now),
        person_id=person.id,
        label=command.label,
        secret_sha256=fingerprint(secret),
        created_at=now,
        expires_at=now + timedelta(days=command.valid_days),
    )
    db.add(token)
    db.flush()
    return TokenIssued(
        token_id=token.id,
        person_id=person.id,
        label=token.label,
        secret=secret,
        expires_at=token.expires_at,
    )


def revoke_token(
    db: Session, command: RevokeToken, *, actor: Actor, clock: Clock
) -> TokenRevoked:
    """Revoke a token; revoking it again changes nothing.

    Raises:
        InventoryError: NOT_FOUND, also for a token of other people's sites.
    """
    token = db.scalar(
        select(ApiToken)
        .where(ApiToken.id == command.token_id)
        .with_for_update(key_share=True)
    )
    if token is None:
        raise rules.unknown_token()
    rules.require_may_revoke(actor, token.person_id, sites=_sites(db, token.person_id))
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        db.flush()
    return TokenRevoked(token_id=token.id, revoked_at=token.revoked_at)


def _owner(db: Session, person_id: str) -> tuple[Person, list[str]]:
    person = db.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such person. Add the person first.",
            field="person_id",
        )
    return person, _sites(db, person_id)


def _sites(db: Session, person_id: str) -> list[str]:
    """Where a person holds a role: administrators there look after their tokens."""
    query = select(Grant.registration_id).where(Grant.person_id == person_id).distinct()
    return list(db.scalars(query))
