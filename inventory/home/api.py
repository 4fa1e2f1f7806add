"""Where one works, what is on hand there, and what must be forgotten, over HTTP."""

from typing import Any

from inventory.evidence.redaction import RedactText, TextRedacted, redact_text
from inventory.home.schemas import (
    OnHandAnswer,
    RedactionAnswer,
    RedactionSchema,
    RegistrationAnswer,
)
from inventory.kernel.actors import Permission
from inventory.ledger.on_hand import OnHand, list_on_hand
from inventory.sites.queries import RegistrationView, list_registrations
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads, writes

blueprint = make_blueprint(
    "books", "Where you work, and what is on hand.", url_prefix=API_PREFIX
)


@reads(blueprint, "/registrations", SIGNED_IN, answers=RegistrationAnswer, many=True)
def get_registrations(edge: Edge) -> list[RegistrationView]:
    """List the registrations at which you hold a role, by name."""
    return list_registrations(edge.db, edge.actor)


@reads(
    blueprint,
    "/registrations/<registration_id>/on-hand",
    Permission.READ_BOOKS,
    answers=OnHandAnswer,
    many=True,
)
def get_on_hand(edge: Edge) -> list[OnHand]:
    """List what is on hand by the books, by place and product."""
    return list_on_hand(edge.db, edge.registration_id)


@writes(
    blueprint,
    "/registrations/<registration_id>/events/<event_id>/redactions",
    Permission.REDACT,
    takes=RedactionSchema,
    answers=RedactionAnswer,
    signs=True,
)
def post_redaction(edge: Edge, fields: dict[str, Any], event_id: str) -> TextRedacted:
    """Remove a free text of an entry; the entry and the tree over it stay."""
    command = RedactText(
        registration_id=edge.registration_id, event_id=event_id, **fields
    )
    return redact_text(edge.db, command, actor=edge.actor, clock=edge.clock)
