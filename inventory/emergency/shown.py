"""What a reviewer is shown and signs: everything done under one emergency access."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from inventory.emergency.rows import History
from inventory.emergency.rules import Access
from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.clock import format_instant
from inventory.kernel.quantities import format_mg


class Part(StrEnum):
    """What the person did in an entry."""

    AUTHOR = "author"
    WITNESS = "witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUnder:
    """One entry that the person made, or witnessed, under an emergency access.

    `moved_ug` is what it moved from one account to another, 0 for an entry that moved
    nothing; patients are not named here.
    """

    event_id: str
    position: int
    tag: str
    subject: str
    part: Part
    occurred_at: datetime
    recorded_at: datetime
    moved_ug: int
    leaf_hash: str

    @property
    def moved_mg(self) -> str:
        """What it moved, as people read it."""
        return format_mg(self.moved_ug)


def made_under(db: Session, access: Access, history: History) -> list[MadeUnder]:
    """List every entry that an emergency access made possible, in order.

    Read from the start of the access up to its review, or to the end of the book: an
    entry belongs to it by what its own bytes say, not by the time of its recording.
    """
    review = history.get(Tag.EMERGENCY_REVIEWED)
    return list(
        _entries(
            db,
            access,
            after=history[Tag.EMERGENCY_STARTED]["position"],
            until=review["position"] - 1 if review else None,
        )
    )


def write_entry(
    access: Access, history: History, made: Sequence[MadeUnder]
) -> dict[str, Any]:
    """Write what is reviewed for the journal; its canonical bytes are what is signed.

    Each entry stands there by its hash, so that a longer list or another entry in the
    place of one is something else. The reason is free text: its salted hash is signed.
    """
    started = history[Tag.EMERGENCY_STARTED]
    person = started["actor"]
    return {
        "registration": access.registration_id,
        "emergency": access.id,
        "person": {name: person[name] for name in ("id", "name", "initials")},
        "started_at": format_instant(access.started_at),
        "over_at": format_instant(access.over_at),
        "lapses": started["data"]["lapses"],
        "reason": started["texts"]["reason"],
        "entries": [
            {
                "position": each.position,
                "event": each.event_id,
                "part": each.part.value,
                "leaf": each.leaf_hash,
            }
            for each in made
        ],
    }


def _entries(
    db: Session, access: Access, *, after: int, until: int | None
) -> Iterator[MadeUnder]:
    person = access.person_id.encode()
    for event in book.read(db, access.registration_id, after=after, until=until):
        if event.subject == access.id or person not in event.body:
            continue
        body = json.loads(event.body)
        part = _part(body, access)
        if part is not None:
            yield MadeUnder(
                event_id=event.id,
                position=event.position,
                tag=event.tag,
                subject=event.subject,
                part=part,
                occurred_at=event.occurred_at,
                recorded_at=event.recorded_at,
                moved_ug=sum(max(leg["amount_ug"], 0) for leg in body["legs"]),
                leaf_hash=event.leaf_hash.hex(),
            )


def _part(body: dict[str, Any], access: Access) -> Part | None:
    if body["actor"].get("emergency") == access.id:
        return Part.AUTHOR
    witnesses = (body["witness"], body.get("second_witness"))
    signed = any(_signed_under(each, access) for each in witnesses)
    return Part.WITNESS if signed else None


def _signed_under(witness: dict[str, Any] | None, access: Access) -> bool:
    if witness is None or witness["id"] != access.person_id:
        return False
    proven_at = datetime.fromisoformat(witness["proven_at"])
    return access.started_at <= proven_at < access.over_at
