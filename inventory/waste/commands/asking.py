"""Asking for a witness: what is to be wasted is written down, and nothing moves."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from secrets import SystemRandom
from typing import Any, Final

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.canonical import digest
from inventory.journal.events import Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.identifiers import new_id
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.kernel.quantities import parse_amount
from inventory.ledger.postings import allocate
from inventory.ledger.sessions import first_drawn_at, lock_session
from inventory.models.waste import WasteRequest
from inventory.profiles.queries import SiteRules, read_rules
from inventory.profiles.rules import Setting, require_more_than_a_password
from inventory.waste import rules
from inventory.waste.entries import (
    Entry,
    ShownWaste,
    name_requester,
    read_entry,
    write_entry,
)
from inventory.waste.pairs import PairHint, find_pair
from inventory.waste.rows import (
    Remainder,
    read_remainder,
    two_were_asked_for,
    waste_event,
)

# Whom chance will ask for a second witness, nobody can foresee.
_DICE: Final = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWaste:
    """Ask a second person to witness the waste of a drawn remainder.

    Attributes:
        amount: as written, such as "0.287 mL".
        manner: how it is put beyond use.
        place: where, in the site's words.
        occurred_at: when, if not now.
    """

    registration_id: str
    session_id: str
    amount: str
    manner: rules.Manner
    place: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteRequested:
    """The entry as the witness must see it, and the digest to sign; nothing moved.

    Attributes:
        witnesses_needed: 1, or 2 where chance asked for a second.
        pair: who has witnessed most of the requester's wastes, where it is somebody
            else's turn.
    """

    shown: ShownWaste
    digest: str
    requested_at: datetime
    valid_until: datetime
    witnesses_needed: int
    pair: PairHint | None
    recorded: Appended


def request_waste(
    db: Session,
    command: RequestWaste,
    *,
    actor: Actor,
    clock: Clock,
    dice: Random = _DICE,
) -> WasteRequested:
    """Write down what is to be wasted, for a witness to see. Nothing moves.

    Args:
        db: the open transaction.
        command: what is asked.
        actor: who wastes.
        clock: the server's time.
        dice: decides whether a second witness is asked for.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_READY, SIGNATURE_TOO_WEAK, NOT_FOUND,
            SESSION_CLOSED, INVALID_AMOUNT, INEXACT_AMOUNT, AMOUNT_NOT_POSITIVE,
            TIME_IN_FUTURE, TIME_TOO_OLD, INSUFFICIENT_BALANCE.
    """
    require_permission(actor, Permission.RECORD_WASTE, command.registration_id)
    site = read_rules(db, command.registration_id)
    positive = site.rule(Setting.POSITIVE_IDENTIFICATION)
    require_more_than_a_password(actor.known_by.factors, positive, field="signature")
    session = lock_session(db, command.registration_id, command.session_id)
    rules.require_session_open(closed=session.state == "closed")
    remainder = read_remainder(db, session.registration_id, session.id)
    rules.require_something_drawn(remainder.amount_ug)
    request = _new_request(db, command, actor, remainder, clock.now())
    request.witnesses_needed = _witnesses_needed(db, session.id, site, dice)
    texts = {} if command.place is None else {"place": salted(command.place)}
    entry = write_entry(
        request,
        allocate(request.amount_ug, remainder.portions),
        remainder.labels,
        place_hash=texts["place"].hash if texts else None,
        requested_by=name_requester(actor),
    )
    request.digest = digest(entry)
    db.add(request)
    db.flush()
    event = waste_event(
        request, Tag.WASTE_REQUESTED, _data(request, entry), actor, texts=texts
    )
    return WasteRequested(
        shown=read_entry(entry, place=command.place),
        digest=request.digest,
        requested_at=request.requested_at,
        valid_until=rules.valid_until(request.requested_at),
        witnesses_needed=request.witnesses_needed,
        pair=find_pair(db, request.registration_id, actor.id, now=request.requested_at),
        recorded=book.append(db, event, clock=clock),
    )


def _new_request(
    db: Session,
    command: RequestWaste,
    actor: Actor,
    remainder: Remainder,
    now: datetime,
) -> WasteRequest:
    return WasteRequest(
        id=new_id("wst", now),
        registration_id=command.registration_id,
        session_id=command.session_id,
        amount_ug=parse_amount(command.amount, remainder.strength, field="amount"),
        manner=command.manner.value,
        requested_by=actor.id,
        requested_at=now,
        occurred_at=_when(db, command, now),
        state=rules.State.PENDING.value,
    )


def _data(request: WasteRequest, entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "digest": request.digest,
        "witnesses_needed": request.witnesses_needed,
    }


def _witnesses_needed(
    db: Session, session_id: str, site: SiteRules, dice: Random
) -> int:
    percent = site.rule(Setting.SECOND_WITNESS_PERCENT).value
    drawn = dice.randrange(100) < percent
    return 2 if drawn or two_were_asked_for(db, session_id) else 1


def _when(db: Session, command: RequestWaste, now: datetime) -> datetime:
    if command.occurred_at is not None:  # the draws are read to judge a claim only
        drawn_at = first_drawn_at(db, command.registration_id, command.session_id)
        rules.require_after_draw(command.occurred_at, drawn_at)
    return resolve_occurred_at(command.occurred_at, now)
