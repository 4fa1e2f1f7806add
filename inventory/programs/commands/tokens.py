"""Secrets for programs: issue a token, revoke it.

A token stands for its owner: at one registration or at all of the owner's, for listed
permissions or for all of them. What it is for stands in every book that it reaches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inventory.credentials.tokens import fingerprint, new_token
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, Role
from inventory.kernel.clock import Clock, format_instant
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import ApiToken
from inventory.models.people import Grant, Person
from inventory.programs import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Make a secret by which a program acts as a person or job.

    Attributes:
        registration_id: the one site it is for; None for all of the owner's.
        permissions: what it is for; None for all that the owner may do.
    """

    person_id: str
    label: str
    valid_days: int
    registration_id: str | None = None
    permissions: Collection[Permission] | None = None


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
    now, secret = clock.now(), new_token()
    person = _owner(db, command.person_id)
    sites = _reach(db, command, now=now)
    rules.require_may_issue(actor, person.id, is_job=person.kind == "job", sites=sites)
    rules.require_token_days(command.valid_days)
    rules.require_label(command.label)
    token = _token(command, actor, secret, now=now)
    db.add(token)
    db.flush()
    _tell(db, Tag.TOKEN_ISSUED, token, sites, actor=actor, clock=clock)
    return TokenIssued(
        token_id=token.id,
        person_id=token.person_id,
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
    sites = _reached(db, token, now=clock.now())
    rules.require_may_revoke(actor, token.id, token.person_id, sites=sites)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        db.flush()
        _tell(db, Tag.TOKEN_REVOKED, token, sites, actor=actor, clock=clock)
    return TokenRevoked(token_id=token.id, revoked_at=token.revoked_at)


def _owner(db: Session, person_id: str) -> Person:
    person = db.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such person. Add the person first.",
            field="person_id",
        )
    return person


def _reach(db: Session, command: IssueToken, *, now: datetime) -> list[str]:
    roles = _roles(db, command.person_id, now=now)
    sites = rules.sites_reached(roles, command.registration_id)
    rules.require_carried(command.permissions, roles, sites)
    return sites


def _reached(db: Session, token: ApiToken, *, now: datetime) -> list[str]:
    """Where a token is or was of use: the book of its site, or those of its owner."""
    if token.registration_id is not None:
        return [token.registration_id]
    return sorted(_roles(db, token.person_id, now=now))


def _roles(db: Session, person_id: str, *, now: datetime) -> dict[str, frozenset[Role]]:
    query = select(Grant.registration_id, Grant.role).where(
        Grant.person_id == person_id,
        Grant.ended_at.is_(None),
        or_(Grant.ends_at.is_(None), Grant.ends_at > now),
    )
    held: defaultdict[str, set[Role]] = defaultdict(set)
    for registration_id, role in db.execute(query):
        held[registration_id].add(Role(role))
    return {site: frozenset(roles) for site, roles in held.items()}


def _token(
    command: IssueToken, actor: Actor, secret: str, *, now: datetime
) -> ApiToken:
    allowed = command.permissions
    return ApiToken(
        id=new_id("tok", now),
        person_id=command.person_id,
        label=command.label,
        secret_sha256=fingerprint(secret),
        registration_id=command.registration_id,
        permissions=None if allowed is None else " ".join(sorted(set(allowed))),
        issued_by=actor.id,
        created_at=now,
        expires_at=now + timedelta(days=command.valid_days),
    )


def _tell(
    db: Session,
    tag: Tag,
    token: ApiToken,
    sites: Iterable[str],
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    # In sorted order: two that write to several books take their heads alike.
    for registration_id in sites:
        event = AuditEvent(
            book_id=registration_id,
            tag=tag,
            subject=token.id,
            actor=actor,
            occurred_at=clock.now(),
            data={"token": _snapshot(token)},
        )
        book.append(db, event, clock=clock)


def _snapshot(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "owner": token.person_id,
        "label": token.label,
        "registration": token.registration_id,
        "permissions": None if token.permissions is None else token.permissions.split(),
        "expires_at": format_instant(token.expires_at),
    }
