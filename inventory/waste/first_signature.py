"""The first of two signatures, which waits in the journal for the second."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785

from inventory.journal.book import signature
from inventory.journal.events import Tag
from inventory.kernel.actors import Actor, Meaning, Proof, Role
from inventory.models.waste import WasteRequest


def keep_first(request: WasteRequest, witness: Proof) -> None:
    """Name the first witness in the row, for the database's own two-person rule."""
    signed = signature(witness, request.registration_id)
    request.first_witness_id = witness.person.id
    request.first_signature = rfc8785.dumps(signed).decode()


def kept_first(history: Mapping[str, Any]) -> Proof | None:
    """Give the first signature as it was made, with the roles held then.

    It is read from the bytes of its event: a row can be changed.

    Args:
        history: the events of the request by tag.
    """
    event = history.get(Tag.WASTE_SIGNED)
    if event is None:
        return None
    signed = event["witness"]
    person = Actor(
        id=signed["id"],
        name=signed["name"],
        initials=signed["initials"],
        roles={event["book"]: frozenset(map(Role, signed["roles"]))},
    )
    return Proof(
        person=person,
        digest=signed["digest"],
        factors=tuple(signed["factors"]),
        proven_at=datetime.fromisoformat(signed["proven_at"]),
        meaning=Meaning(signed["meaning"]),
        assertion=signed["assertion"],
    )
