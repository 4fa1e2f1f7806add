"""Giving to the patient from what the session has drawn."""

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
from inventory.kernel.quantities import Quantity, Strength, parse_amount
from inventory.ledger import accounts
from inventory.ledger.balances import held
from inventory.ledger.containers import strength_of
from inventory.ledger.post import post
from inventory.ledger.postings import Portion, allocate, move
from inventory.ledger.sessions import first_drawn_at, lock_session
from inventory.ledger.snapshots import (
    Labels,
    container_label,
    product_label,
    read_labels,
)
from inventory.models.sessions import SupervisedSession
from inventory.profiles.signatures import require_positive_identification
from inventory.sessions import rules
from inventory.sessions.rows import session_event, session_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Administer:
    """Give to the patient from what was drawn; the actor is who gives (AC-19)."""

    registration_id: str
    session_id: str
    amount: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Administered:
    """What was given, in micrograms and per body weight, and what is left drawn."""

    session_id: str
    strength: Strength
    amount_ug: int
    dose: str
    remaining_ug: int
    recorded: Appended

    @property
    def given(self) -> Quantity:
        """What the patient got, in each of its units."""
        return Quantity(amount_ug=self.amount_ug, strength=self.strength)

    @property
    def remaining(self) -> Quantity:
        """What the session still holds, in each of its units."""
        return Quantity(amount_ug=self.remaining_ug, strength=self.strength)


def administer(
    db: Session, command: Administer, *, actor: Actor, clock: Clock
) -> Administered:
    """Record a dose; what was drawn first is given first.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_READY, SIGNATURE_TOO_WEAK, NOT_FOUND,
            SESSION_CLOSED, INVALID_AMOUNT, INEXACT_AMOUNT, AMOUNT_NOT_POSITIVE,
            TIME_IN_FUTURE, TIME_TOO_OLD, INSUFFICIENT_BALANCE.
    """
    require_permission(actor, Permission.RUN_SESSION, command.registration_id)
    require_positive_identification(
        db, command.registration_id, actor.known_by.factors, field="signature"
    )
    session = lock_session(db, command.registration_id, command.session_id)
    rules.require_open(session_facts(session))
    there = held(db, session.registration_id, accounts.drawn(session.id))
    rules.require_something_drawn(there)
    labels = read_labels(db, [each.container_id for each in there])
    strength = strength_of(labels[there[0].container_id][1])
    amount_ug = parse_amount(command.amount, strength, field="amount")
    occurred_at = _when(db, command, clock)
    given = allocate(amount_ug, there)
    event = session_event(
        session,
        Tag.SESSION_ADMINISTERED,
        _given_data(session, given, labels),
        occurred_at=occurred_at,
        actor=actor,
    )
    posting = move(
        given,
        out_of=accounts.drawn(session.id),
        into=accounts.administered(session.id),
    )
    recorded = post(db, posting, event=event, clock=clock)
    return Administered(
        session_id=session.id,
        strength=strength,
        amount_ug=amount_ug,
        dose=rules.format_mg_per_kg(amount_ug, session.weight_g),
        remaining_ug=sum(each.amount_ug for each in there) - amount_ug,
        recorded=recorded,
    )


def _when(db: Session, command: Administer, clock: Clock) -> datetime:
    if command.occurred_at is not None:  # the draws are read to judge a claim only
        drawn_at = first_drawn_at(db, command.registration_id, command.session_id)
        rules.require_not_before(command.occurred_at, drawn_at, "anything was drawn")
    return resolve_occurred_at(command.occurred_at, clock.now())


def _given_data(
    session: SupervisedSession, given: Sequence[Portion], labels: Labels
) -> dict[str, Any]:
    return {
        "product": product_label(labels[given[0].container_id][1]),
        "amount_ug": sum(each.amount_ug for each in given),
        "weight_g": session.weight_g,
        "route": session.route,
        "portions": [
            {
                **container_label(*labels[each.container_id]),
                "amount_ug": each.amount_ug,
            }
            for each in given
        ],
    }
