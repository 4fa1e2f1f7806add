"""Drawing for a session: from opened vials, or whole devices, in one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.journal.book import Appended
from inventory.journal.events import Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.kernel.quantities import Form, Quantity, Strength
from inventory.ledger import accounts
from inventory.ledger.balances import balance_ug
from inventory.ledger.containers import RETIRED, change_state, portion
from inventory.ledger.post import post
from inventory.ledger.postings import Posting, move
from inventory.ledger.sessions import lock_session
from inventory.ledger.snapshots import container_label, product_label
from inventory.models.sessions import SupervisedSession
from inventory.sessions import rules
from inventory.sessions.rows import (
    LockedContainer,
    lock_shelf,
    session_event,
    session_facts,
    site_day,
)

Taken = Sequence[tuple[LockedContainer, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawLine:
    """An amount, as written, from one container."""

    container_id: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Draw for a session from one or more containers."""

    registration_id: str
    session_id: str
    lines: Sequence[DrawLine]
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a draw took, and what the session holds after it, in micrograms."""

    session_id: str
    strength: Strength
    amount_ug: int
    remaining_ug: int
    recorded: Appended

    @property
    def drawn(self) -> Quantity:
        """What was taken, in each of its units."""
        return Quantity(amount_ug=self.amount_ug, strength=self.strength)

    @property
    def remaining(self) -> Quantity:
        """What the session still holds, in each of its units."""
        return Quantity(amount_ug=self.remaining_ug, strength=self.strength)


def draw(db: Session, command: Draw, *, actor: Actor, clock: Clock) -> Drawn:
    """Draw into a session. A device is retired by its draw: none of it is left.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD, TIME_IN_FUTURE,
            TIME_TOO_OLD, or as `rules.check_draw`.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    rules.refuse_repeats([line.container_id for line in command.lines])
    session = lock_session(db, command.registration_id, command.session_id)
    shelf = _lock_lines(db, command)
    occurred_at = resolve_occurred_at(command.occurred_at, clock.now())
    amounts = rules.check_draw(
        session_facts(session),
        _as_asked(shelf, command.lines),
        claimed=command.occurred_at,
        day=site_day(db, session.registration_id, occurred_at),
    )
    taken = list(zip(shelf, amounts, strict=True))
    _retire_devices(db, shelf, at=occurred_at)
    session.product_id = shelf[0].lot.product_id
    db.flush()
    event = session_event(
        session,
        Tag.SESSION_DRAWN,
        _drawn_data(taken),
        occurred_at=occurred_at,
        actor=actor,
    )
    recorded = post(db, _posting(session, taken), event=event, clock=clock)
    drawn = accounts.drawn(session.id)
    return Drawn(
        session_id=session.id,
        strength=shelf[0].facts.strength,
        amount_ug=sum(amounts),
        remaining_ug=balance_ug(db, session.registration_id, drawn),
        recorded=recorded,
    )


def _lock_lines(db: Session, command: Draw) -> list[LockedContainer]:
    return lock_shelf(
        db,
        command.registration_id,
        [line.container_id for line in command.lines],
        field="lines.{index}.container_id",
    )


def _as_asked(
    shelf: Sequence[LockedContainer], lines: Sequence[DrawLine]
) -> list[tuple[rules.OnShelf, str]]:
    return [
        (container.facts, line.amount)
        for container, line in zip(shelf, lines, strict=True)
    ]


def _retire_devices(
    db: Session, shelf: Sequence[LockedContainer], *, at: datetime
) -> None:
    for container in shelf:
        if container.facts.strength.form is Form.DEVICE:
            change_state(db, container.row, to=RETIRED, at=at)


def _posting(session: SupervisedSession, taken: Taken) -> Posting:
    """Move each amount from where its container stands; places may differ."""
    return Posting(
        leg
        for container, amount_ug in taken
        for leg in move(
            [portion(container.row, amount_ug)],
            out_of=accounts.stock(container.row.location_id),
            into=accounts.drawn(session.id),
        ).legs
    )


def _drawn_data(taken: Taken) -> dict[str, Any]:
    return {
        "product": product_label(taken[0][0].lot),
        "amount_ug": sum(amount_ug for _, amount_ug in taken),
        "lines": [
            {
                **container_label(container.row, container.lot),
                "location": container.row.location_id,
                "amount_ug": amount_ug,
                "state": container.row.state,
            }
            for container, amount_ug in taken
        ],
    }
