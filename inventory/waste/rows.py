"""The rows that decisions about waste are made on, and what a session still holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book, texts
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import SaltedText
from inventory.kernel.actors import Actor, Proof
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import Strength
from inventory.ledger import accounts
from inventory.ledger.balances import held
from inventory.ledger.containers import strength_of
from inventory.ledger.postings import Portion
from inventory.ledger.snapshots import Labels, product_label, read_labels
from inventory.models.containers import Lot
from inventory.models.waste import WasteRequest
from inventory.waste.rules import Asked, State


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a session still holds, drawn first first, and how it is labelled."""

    portions: Sequence[Portion]
    labels: Labels

    @property
    def amount_ug(self) -> int:
        """Everything in it, in micrograms."""
        return sum(portion.amount_ug for portion in self.portions)

    @property
    def strength(self) -> Strength:
        """The strength of its one product; there is something in it."""
        return strength_of(self._lot)

    @property
    def product_name(self) -> str:
        """The name of its one product; there is something in it."""
        return str(product_label(self._lot)["name"])

    @property
    def _lot(self) -> Lot:
        return self.labels[self.portions[0].container_id][1]


def lock_request(db: Session, registration_id: str, request_id: str) -> WasteRequest:
    """Lock a request, first of all locks.

    Raises:
        InventoryError: NOT_FOUND, also for a request of another registration.
    """
    row = db.scalar(
        select(WasteRequest)
        .where(
            WasteRequest.id == request_id,
            WasteRequest.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )
    if row is None:
        raise request_not_found()
    return row


def request_not_found() -> InventoryError:
    """Say that a registration has no such request."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such waste request at this site. Choose one from the list.",
        field="request_id",
    )


def request_facts(row: WasteRequest, first: Proof | None = None) -> Asked:
    """Give a request as the rules see it, and who has signed it already."""
    return Asked(
        registration_id=row.registration_id,
        amount_ug=row.amount_ug,
        state=State(row.state),
        requested_at=row.requested_at,
        digest=row.digest,
        first_witness_id=first.person.id if first else None,
    )


def two_were_asked_for(db: Session, session_id: str) -> bool:
    """Tell whether chance asked for two witnesses of any waste of a session.

    It then asks for two of all further waste, so that nobody cancels and asks again in
    the hope of better luck.
    """
    asked = select(WasteRequest.id).where(
        WasteRequest.session_id == session_id, WasteRequest.witnesses_needed > 1
    )
    return db.scalars(asked.limit(1)).first() is not None


def read_remainder(db: Session, registration_id: str, session_id: str) -> Remainder:
    """Read what a session still holds: drawn, and neither given nor wasted."""
    portions = held(db, registration_id, accounts.drawn(session_id))
    labels = read_labels(db, [each.container_id for each in portions])
    return Remainder(portions, labels)


def read_history(db: Session, request: WasteRequest) -> dict[str, Any]:
    """Read the events of a request by tag, decoded from the bytes that were hashed."""
    subject = request.session_id
    events = book.read(db, request.registration_id, subject=subject)
    bodies = (json.loads(event.body) for event in events)
    return {
        body["tag"]: body
        for body in bodies
        if body["data"].get("request") == request.id
    }


def asked_entry(history: Mapping[str, Any]) -> dict[str, Any]:
    """Give the entry of a request as it was written when it was asked for."""
    entry: dict[str, Any] = history[Tag.WASTE_REQUESTED]["data"]["entry"]
    return entry


def text_of(db: Session, history: Mapping[str, Any], tag: Tag, name: str) -> str | None:
    """Give a free text of an event of a request, if there is one."""
    body = history.get(tag)
    if body is None:
        return None
    return texts.read(db, body["book"], body["position"]).get(name)


def waste_event(
    request: WasteRequest,
    tag: Tag,
    data: Mapping[str, Any],
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
