"""Waste in two steps: one person asks, another sees the same entry and signs it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.canonical import digest
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import SaltedText, salted
from inventory.kernel.actors import Actor, Permission, Proof, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.identifiers import new_id
from inventory.kernel.occurrence import resolve_occurred_at
from inventory.kernel.quantities import Quantity, parse_amount
from inventory.ledger import accounts
from inventory.ledger.post import post
from inventory.ledger.postings import Portion, allocate, move
from inventory.ledger.sessions import first_drawn_at, lock_session
from inventory.models.waste import WasteRequest
from inventory.waste import rules
from inventory.waste.entries import (
    Entry,
    ShownWaste,
    name_requester,
    read_entry,
    write_entry,
)
from inventory.waste.rows import (
    Remainder,
    asked_entry,
    lock_request,
    read_history,
    read_remainder,
    request_facts,
    text_of,
)


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
    """The entry as the witness must see it, and the digest to sign; nothing moved."""

    shown: ShownWaste
    digest: str
    requested_at: datetime
    valid_until: datetime
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessWaste:
    """Sign a requested waste as its witness."""

    registration_id: str
    request_id: str
    witness: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteWitnessed:
    """A waste in the books, and what the session holds after it, in micrograms."""

    shown: ShownWaste
    witnessed_by: str
    remaining_ug: int
    recorded: Appended

    @property
    def remaining(self) -> Quantity:
        """What the session still holds, in each of its units."""
        return Quantity(amount_ug=self.remaining_ug, strength=self.shown.strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWaste:
    """Withdraw a request that nobody has witnessed; it stays on record."""

    registration_id: str
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteCancelled:
    """A request that no witness can sign any more."""

    request_id: str
    session_id: str
    recorded: Appended


def request_waste(
    db: Session, command: RequestWaste, *, actor: Actor, clock: Clock
) -> WasteRequested:
    """Write down what is to be wasted, for a witness to see. Nothing moves.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, SESSION_CLOSED, INVALID_AMOUNT,
            INEXACT_AMOUNT, AMOUNT_NOT_POSITIVE, TIME_IN_FUTURE, TIME_TOO_OLD,
            INSUFFICIENT_BALANCE.
    """
    require_permission(actor, Permission.RECORD_WASTE, command.registration_id)
    session = lock_session(db, command.registration_id, command.session_id)
    rules.require_session_open(closed=session.state == "closed")
    remainder = read_remainder(db, session.registration_id, session.id)
    rules.require_something_drawn(remainder.amount_ug)
    amount_ug = parse_amount(command.amount, remainder.strength, field="amount")
    now = clock.now()
    request = WasteRequest(
        id=new_id("wst", now),
        registration_id=session.registration_id,
        session_id=session.id,
        amount_ug=amount_ug,
        manner=command.manner.value,
        requested_by=actor.id,
        requested_at=now,
        occurred_at=_when(db, command, now),
        state=rules.State.PENDING.value,
    )
    texts = {} if command.place is None else {"place": salted(command.place)}
    entry = write_entry(
        request,
        allocate(amount_ug, remainder.portions),
        remainder.labels,
        place_hash=texts["place"].hash if texts else None,
        requested_by=name_requester(actor),
    )
    request.digest = digest(entry)
    db.add(request)
    db.flush()
    data = {"entry": entry, "digest": request.digest}
    event = _event(request, Tag.WASTE_REQUESTED, data, actor, texts=texts)
    return WasteRequested(
        shown=read_entry(entry, place=command.place),
        digest=request.digest,
        requested_at=now,
        valid_until=rules.valid_until(now),
        recorded=book.append(db, event, clock=clock),
    )


def witness_waste(
    db: Session, command: WitnessWaste, *, actor: Actor, clock: Clock
) -> WasteWitnessed:
    """Record a waste that a second person proved to have seen.

    The books name who asked as the one who wasted, whoever is signed in while the
    witness signs: that may be the one, the other, or a colleague.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, or as `rules.check_signature`,
            `rules.require_enough` and `rules.require_same_entry`.
    """
    require_permission(actor, Permission.WITNESS, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    lock_session(db, command.registration_id, request.session_id)
    asked, now = request_facts(request), clock.now()
    requester = rules.require_requester(
        load_actor(db, request.requested_by), request.registration_id
    )
    witness = _as_of_now(db, command.witness)
    rules.check_signature(asked, requester, witness, now=now)
    remainder = read_remainder(db, request.registration_id, request.session_id)
    rules.require_enough(asked, remainder.amount_ug)
    wasted = allocate(request.amount_ug, remainder.portions)
    history = read_history(db, request)
    entry = _entry_now(request, wasted, remainder, asked_entry(history))
    rules.require_same_entry(asked, digest(entry))
    data = {"entry": entry, "entered_by": name_requester(actor)}
    event = _event(request, Tag.WASTE_RECORDED, data, requester, witness=witness)
    posting = move(
        wasted,
        out_of=accounts.drawn(request.session_id),
        into=accounts.wasted(request.session_id),
    )
    recorded = post(db, posting, event=event, clock=clock)
    request.state, request.ended_at = rules.State.WITNESSED.value, now
    request.witnessed_by, request.position = witness.person.id, recorded.position
    db.flush()
    place = text_of(db, history, Tag.WASTE_REQUESTED, "place")
    return WasteWitnessed(
        shown=read_entry(entry, place=place),
        witnessed_by=witness.person.name,
        remaining_ug=remainder.amount_ug - request.amount_ug,
        recorded=recorded,
    )


def cancel_waste(
    db: Session, command: CancelWaste, *, actor: Actor, clock: Clock
) -> WasteCancelled:
    """Withdraw a pending request, also one that its witness came too late for.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, WASTE_NOT_PENDING.
    """
    require_permission(actor, Permission.RECORD_WASTE, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    rules.require_pending(request_facts(request))
    now = clock.now()
    request.state, request.ended_at = rules.State.CANCELLED.value, now
    db.flush()
    event = _event(
        request,
        Tag.WASTE_CANCELLED,
        {"amount_ug": request.amount_ug},
        actor,
        occurred_at=now,
        texts={"reason": salted(command.reason)},
    )
    return WasteCancelled(
        request_id=request.id,
        session_id=request.session_id,
        recorded=book.append(db, event, clock=clock),
    )


def _when(db: Session, command: RequestWaste, now: datetime) -> datetime:
    if command.occurred_at is not None:  # the draws are read to judge a claim only
        drawn_at = first_drawn_at(db, command.registration_id, command.session_id)
        rules.require_after_draw(command.occurred_at, drawn_at)
    return resolve_occurred_at(command.occurred_at, now)


def _as_of_now(db: Session, proof: Proof) -> Proof:
    """Give the proof with the witness's roles at commit time (invariant I19)."""
    return replace(proof, person=rules.require_witness(load_actor(db, proof.person.id)))


def _entry_now(
    request: WasteRequest, wasted: list[Portion], remainder: Remainder, asked: Entry
) -> Entry:
    """Write the entry anew from the books; only the words come from the request."""
    return write_entry(
        request,
        wasted,
        remainder.labels,
        place_hash=asked["place"],
        requested_by=asked["requested_by"],
    )


def _event(
    request: WasteRequest,
    tag: Tag,
    data: dict[str, Any],
    actor: Actor,
    *,
    witness: Proof | None = None,
    occurred_at: datetime | None = None,
    texts: Mapping[str, SaltedText] | None = None,
) -> AuditEvent:
    """Say what happened to a session's remainder, naming the request."""
    return AuditEvent(
        book_id=request.registration_id,
        tag=tag,
        subject=request.session_id,
        actor=actor,
        occurred_at=occurred_at or request.occurred_at,
        data={"request": request.id, **data},
        witness=witness,
        texts=texts or {},
    )
