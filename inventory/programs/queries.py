"""Read which programs may act at a site, and which devices are its terminals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from inventory.models.credentials import ApiToken, Terminal
from inventory.models.people import Grant, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token without its secret, which nobody can read again.

    Attributes:
        registration_id: the one site it is for; None for all of its owner's.
        permissions: what it is for; None for all that its owner may do.
        last_used_at: when it was last used, to about a minute.
    """

    id: str
    person_id: str
    label: str
    registration_id: str | None
    permissions: list[str] | None
    issued_by: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalView:
    """A device of a site, without its secret."""

    id: str
    label: str
    registered_by: str
    registered_by_name: str
    registered_at: datetime
    revoked_at: datetime | None


def list_tokens(db: Session, person_id: str) -> list[TokenView]:
    """Give the tokens of a person, newest first."""
    return _tokens(db, select(ApiToken).where(ApiToken.person_id == person_id))


def list_site_tokens(db: Session, registration_id: str) -> list[TokenView]:
    """Give the tokens that reach a registration, newest first."""
    owners = select(Grant.person_id).where(
        Grant.registration_id == registration_id, Grant.ended_at.is_(None)
    )
    everywhere = and_(
        ApiToken.registration_id.is_(None), ApiToken.person_id.in_(owners)
    )
    reaching = or_(ApiToken.registration_id == registration_id, everywhere)
    return _tokens(db, select(ApiToken).where(reaching))


def list_terminals(db: Session, registration_id: str) -> list[TerminalView]:
    """Give the terminals of a registration, by label."""
    rows = db.execute(
        select(Terminal, Person.name)
        .join(Person, Person.id == Terminal.registered_by)
        .where(Terminal.registration_id == registration_id)
        .order_by(Terminal.label)
    )
    return [
        TerminalView(
            id=row.id,
            label=row.label,
            registered_by=row.registered_by,
            registered_by_name=name,
            registered_at=row.registered_at,
            revoked_at=row.revoked_at,
        )
        for row, name in rows
    ]


def _tokens(db: Session, query: Select[ApiToken]) -> list[TokenView]:
    newest_first = query.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    return [_token_view(row) for row in db.scalars(newest_first)]


def _token_view(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        person_id=row.person_id,
        label=row.label,
        registration_id=row.registration_id,
        permissions=None if row.permissions is None else row.permissions.split(),
        issued_by=row.issued_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
