"""Terminals: the devices of a site, known again by a secret in their browser.

Every sign-in and entry names the terminal it came from (21 CFR 11.10(h)).
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory.credentials.tokens import fingerprint, new_cookie_secret
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import SignIn, Terminal
from inventory.programs import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTerminal:
    """Make the browser that sends this a device of the site."""

    registration_id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRegistered:
    """The terminal; its secret goes into the browser's cookie and nowhere else."""

    terminal_id: str
    label: str
    secret: str = field(repr=False)
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeTerminal:
    """No longer know a device, and sign out whoever is signed in on it."""

    registration_id: str
    terminal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRevoked:
    """Since when the device is no terminal of the site."""

    terminal_id: str
    revoked_at: datetime
    signed_out: int


def register_terminal(
    db: Session, command: RegisterTerminal, *, actor: Actor, clock: Clock
) -> TerminalRegistered:
    """Register a terminal; people who sign in on it from now on are seen there.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, ALREADY_EXISTS.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_TERMINALS, here)
    rules.require_label(command.label)
    known = select(Terminal.id).where(
        Terminal.registration_id == here, Terminal.label == command.label
    )
    if db.scalar(known) is not None:
        raise rules.label_taken()
    secret, now = new_cookie_secret(), clock.now()
    terminal = Terminal(
        id=new_id("trm", now),
        registration_id=here,
        label=command.label,
        secret_sha256=fingerprint(secret),
        registered_by=actor.id,
        registered_at=now,
    )
    db.add(terminal)
    db.flush()
    recorded = _tell(db, Tag.TERMINAL_REGISTERED, terminal, actor=actor, clock=clock)
    return TerminalRegistered(
        terminal_id=terminal.id, label=terminal.label, secret=secret, recorded=recorded
    )


def revoke_terminal(
    db: Session, command: RevokeTerminal, *, actor: Actor, clock: Clock
) -> TerminalRevoked:
    """Revoke a terminal and end the sign-ins on it; again changes nothing.

    Raises:
        InventoryError: NOT_PERMITTED; NOT_FOUND, also for a terminal of another site.
    """
    here, now = command.registration_id, clock.now()
    require_permission(actor, Permission.MANAGE_TERMINALS, here)
    terminal = db.scalar(
        select(Terminal)
        .where(Terminal.registration_id == here, Terminal.id == command.terminal_id)
        .with_for_update(key_share=True)
    )
    if terminal is None:
        raise rules.unknown_terminal()
    if terminal.revoked_at is not None:
        return _revoked(terminal, terminal.revoked_at, signed_out=0)
    terminal.revoked_at = now
    db.flush()
    signed_out = _sign_out(db, terminal.id, now=now)
    _tell(db, Tag.TERMINAL_REVOKED, terminal, actor=actor, clock=clock)
    return _revoked(terminal, now, signed_out=signed_out)


def _revoked(
    terminal: Terminal, revoked_at: datetime, *, signed_out: int
) -> TerminalRevoked:
    return TerminalRevoked(
        terminal_id=terminal.id, revoked_at=revoked_at, signed_out=signed_out
    )


def _sign_out(db: Session, terminal_id: str, *, now: datetime) -> int:
    ended = db.scalars(
        update(SignIn)
        .where(SignIn.terminal_id == terminal_id, SignIn.ended_at.is_(None))
        .values(ended_at=now, ended_why="revoked")
        .returning(SignIn.id)
    )
    return len(ended.all())


def _tell(
    db: Session, tag: Tag, terminal: Terminal, *, actor: Actor, clock: Clock
) -> Appended:
    event = AuditEvent(
        book_id=terminal.registration_id,
        tag=tag,
        subject=terminal.id,
        actor=actor,
        occurred_at=clock.now(),
        data={"terminal": {"id": terminal.id, "label": terminal.label}},
    )
    return book.append(db, event, clock=clock)
