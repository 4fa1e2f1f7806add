"""Witnessing: who saw the waste signs exactly what was shown, and then it moves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.credentials.standing import as_of_now
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.canonical import digest
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import (
    Actor,
    Identification,
    Permission,
    Proof,
    require_permission,
)
from inventory.kernel.clock import Clock
from inventory.kernel.quantities import Quantity
from inventory.ledger import accounts
from inventory.ledger.post import post
from inventory.ledger.postings import Portion, allocate, move
from inventory.ledger.sessions import lock_session
from inventory.models.waste import WasteRequest
from inventory.profiles.signatures import require_positive_identification
from inventory.waste import rules
from inventory.waste.entries import (
    Entry,
    ShownWaste,
    name_requester,
    read_entry,
    write_entry,
)
from inventory.waste.first_signature import keep_first, kept_first
from inventory.waste.rows import (
    Remainder,
    asked_entry,
    lock_request,
    read_history,
    read_remainder,
    request_facts,
    text_of,
    waste_event,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessWaste:
    """Sign a requested waste as its witness."""

    registration_id: str
    request_id: str
    witness: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteWitnessed:
    """A signature in the books, and what the session holds after it, in micrograms.

    Attributes:
        awaiting: how many witnesses are still needed; the waste is recorded at 0.
    """

    shown: ShownWaste
    witnessed_by: str
    awaiting: int
    remaining_ug: int
    recorded: Appended

    @property
    def remaining(self) -> Quantity:
        """What the session still holds, in each of its units."""
        return Quantity(amount_ug=self.remaining_ug, strength=self.shown.strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signing:
    """What a signature is about, read anew from the books."""

    request: WasteRequest
    requester: Actor
    witness: Proof
    first: Proof | None
    entry: Entry
    place: str | None
    wasted: list[Portion]
    held_ug: int
    now: datetime

    @property
    def is_last(self) -> bool:
        """Whether nobody else has to sign."""
        return self.request.witnesses_needed == 1 or self.first is not None


def witness_waste(
    db: Session, command: WitnessWaste, *, actor: Actor, clock: Clock
) -> WasteWitnessed:
    """Record a waste that a second person proved to have seen.

    The books name who asked as the one who wasted, whoever is signed in while the
    witness signs: that may be the one, the other, or a colleague. Where chance asked
    for two witnesses, the first signature is kept and nothing moves until the second.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, SIGNATURE_TOO_WEAK, or as
            `rules.check_signature`, `rules.require_enough` and
            `rules.require_same_entry`.
    """
    require_permission(actor, Permission.WITNESS, command.registration_id)
    request = lock_request(db, command.registration_id, command.request_id)
    lock_session(db, command.registration_id, request.session_id)
    signing = _signing(db, request, command.witness, clock.now())
    is_last = signing.is_last
    write = _record if is_last else _keep
    return WasteWitnessed(
        shown=read_entry(signing.entry, place=signing.place),
        witnessed_by=signing.witness.person.name,
        awaiting=0 if is_last else 1,
        remaining_ug=signing.held_ug - (request.amount_ug if is_last else 0),
        recorded=write(db, signing, name_requester(actor), clock),
    )


def _signing(
    db: Session, request: WasteRequest, proof: Proof, now: datetime
) -> _Signing:
    """Hold a signature against the request and against the books as they are now."""
    history = read_history(db, request)
    first = kept_first(history)
    asked = request_facts(request, first)
    requester = _requester(db, request, history, now)
    witness = as_of_now(db, proof, now=now)
    rules.check_signature(asked, requester, witness, now=now)
    require_positive_identification(
        db, request.registration_id, witness.factors, field="witness"
    )
    remainder = read_remainder(db, request.registration_id, request.session_id)
    rules.require_enough(asked, remainder.amount_ug)
    wasted = allocate(request.amount_ug, remainder.portions)
    entry = _entry_now(request, wasted, remainder, asked_entry(history))
    rules.require_same_entry(asked, digest(entry))
    return _Signing(
        request=request,
        requester=requester,
        witness=witness,
        first=first,
        entry=entry,
        place=text_of(db, history, Tag.WASTE_REQUESTED, "place"),
        wasted=wasted,
        held_ug=remainder.amount_ug,
        now=now,
    )


def _keep(
    db: Session, signing: _Signing, entered_by: Mapping[str, str], clock: Clock
) -> Appended:
    """Keep the first of two signatures; nothing moves."""
    keep_first(signing.request, signing.witness)
    db.flush()
    event = _event(signing, Tag.WASTE_SIGNED, entered_by, signing.witness)
    return book.append(db, event, clock=clock)


def _record(
    db: Session, signing: _Signing, entered_by: Mapping[str, str], clock: Clock
) -> Appended:
    """Let the waste move, signed by everybody who had to."""
    request, first, last = signing.request, signing.first, signing.witness
    event = _event(signing, Tag.WASTE_RECORDED, entered_by, first or last)
    posting = move(
        signing.wasted,
        out_of=accounts.drawn(request.session_id),
        into=accounts.wasted(request.session_id),
    )
    signed = replace(event, second_witness=last if first else None)
    recorded = post(db, posting, event=signed, clock=clock)
    request.state, request.ended_at = rules.State.WITNESSED.value, signing.now
    request.witnessed_by, request.position = last.person.id, recorded.position
    db.flush()
    return recorded


def _event(
    signing: _Signing, tag: Tag, entered_by: Mapping[str, str], witness: Proof
) -> AuditEvent:
    data = {"entry": signing.entry, "entered_by": entered_by}
    return waste_event(signing.request, tag, data, signing.requester, witness=witness)


def _requester(
    db: Session, request: WasteRequest, history: Mapping[str, Any], now: datetime
) -> Actor:
    """Give who asked, known by what they gave when they asked (21 CFR 11.50)."""
    requester = rules.require_requester(
        load_actor(db, request.requested_by, now=now), request.registration_id
    )
    asked_as = history[Tag.WASTE_REQUESTED]["actor"]
    known_by = Identification(
        factors=tuple(asked_as.get("factors", ())),
        source=asked_as.get("source"),
        terminal=asked_as.get("terminal"),
    )
    return replace(requester, known_by=known_by)


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
