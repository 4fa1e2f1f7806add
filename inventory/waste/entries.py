"""The entry that a witness is shown and signs, word for word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inventory.kernel.actors import Actor
from inventory.kernel.clock import format_instant, parse_day, parse_instant
from inventory.kernel.quantities import Form, Quantity, Strength
from inventory.ledger.postings import Portion
from inventory.ledger.snapshots import Labels, container_label, product_label
from inventory.models.waste import WasteRequest
from inventory.waste.rules import Manner

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContainer(Quantity):
    """A part of the waste, and the container it was drawn from."""

    container_id: str
    number: int
    lot: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWaste(Quantity):
    """What a witness sees before signing: drug, vials, amount, manner, who, when."""

    request_id: str
    session_id: str
    product_name: str
    ndc: str
    containers: Sequence[ShownContainer]
    manner: Manner
    place: str | None
    occurred_at: datetime
    requested_by: str


def write_entry(
    request: WasteRequest,
    portions: Sequence[Portion],
    labels: Labels,
    *,
    place_hash: str | None,
    requested_by: Mapping[str, str],
) -> Entry:
    """Write the entry for the journal; its canonical bytes are what is signed.

    The request's id is part of it, so that a signature fits one request only. The place
    is free text: the salted hash of it is signed, and it can be redacted.
    """
    lot = labels[portions[0].container_id][1]
    return {
        "registration": request.registration_id,
        "request": request.id,
        "session": request.session_id,
        "product": product_label(lot),
        "amount_ug": request.amount_ug,
        "containers": [_line(each, labels) for each in portions],
        "manner": request.manner,
        "place": place_hash,
        "occurred_at": format_instant(request.occurred_at),
        "requested_by": dict(requested_by),
    }


def name_requester(actor: Actor) -> dict[str, str]:
    """Name who asks, as they are called today."""
    return {"id": actor.id, "name": actor.name, "initials": actor.initials}


def read_entry(entry: Entry, *, place: str | None) -> ShownWaste:
    """Read an entry back from the journal, for showing, with the text of its place."""
    product = entry["product"]
    strength = Strength(Form(product["form"]), product["ug_per_unit"])
    return ShownWaste(
        request_id=entry["request"],
        session_id=entry["session"],
        product_name=product["name"],
        ndc=product["ndc"],
        strength=strength,
        amount_ug=entry["amount_ug"],
        containers=tuple(_shown(line, strength) for line in entry["containers"]),
        manner=Manner(entry["manner"]),
        place=place,
        occurred_at=parse_instant(entry["occurred_at"], field="occurred_at"),
        requested_by=entry["requested_by"]["name"],
    )


def _line(portion: Portion, labels: Labels) -> dict[str, Any]:
    label = container_label(*labels[portion.container_id])
    return {**label, "amount_ug": portion.amount_ug}


def _shown(line: Mapping[str, Any], strength: Strength) -> ShownContainer:
    return ShownContainer(
        container_id=line["container"],
        number=line["number"],
        lot=line["lot"],
        expires_on=parse_day(line["expires_on"], field="expires_on"),
        strength=strength,
        amount_ug=line["amount_ug"],
    )
