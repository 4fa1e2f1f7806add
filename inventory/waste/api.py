"""Waste before a witness over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission, Proof
from inventory.waste.commands import (
    CancelWaste,
    RequestWaste,
    WasteCancelled,
    WasteRequested,
    WasteWitnessed,
    WitnessWaste,
    cancel_waste,
    request_waste,
    witness_waste,
)
from inventory.waste.queries import WasteRequestView, list_pending, view_request
from inventory.waste.schemas import (
    CancelWasteSchema,
    RequestWasteSchema,
    WasteCancelledView,
    WasteRequestAnswer,
    WasteRequestedView,
    WasteWitnessedView,
    WitnessWasteSchema,
)
from inventory.web.endpoints import Asking, Edge, make_blueprint, reads, writes
from inventory.web.signatures import SECRETS, presented_in

blueprint = make_blueprint("waste", "Waste of a drawn remainder before a witness.")


@writes(
    blueprint,
    "/sessions/<session_id>/waste-requests",
    Permission.RECORD_WASTE,
    takes=RequestWasteSchema,
    answers=WasteRequestedView,
    signs=True,
)
def post_waste_request(
    edge: Edge, fields: dict[str, Any], session_id: str
) -> WasteRequested:
    """Ask for a witness; the answer is what the witness must see. Nothing moves yet."""
    command = RequestWaste(
        registration_id=edge.registration_id, session_id=session_id, **fields
    )
    return request_waste(edge.db, command, actor=edge.actor, clock=edge.clock)


def _witness(asking: Asking, fields: dict[str, Any], **_: str) -> Proof:
    """Prove the witness over the entry they were shown, with all components."""
    return asking.services.identifier.prove(presented_in(fields), fields["digest"])


@writes(
    blueprint,
    "/waste-requests/<request_id>/witness",
    Permission.WITNESS,
    takes=WitnessWasteSchema,
    answers=WasteWitnessedView,
    secret_fields=SECRETS,
    identifies=_witness,
)
def post_waste_witness(
    edge: Edge, fields: dict[str, Any], request_id: str
) -> WasteWitnessed:
    """Sign a waste as its witness, with your own name, password and code."""
    assert fields["digest"] == edge.proven.digest, "the witness proved this digest"
    command = WitnessWaste(
        registration_id=edge.registration_id,
        request_id=request_id,
        witness=edge.proven,
    )
    return witness_waste(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/waste-requests/<request_id>/cancellation",
    Permission.RECORD_WASTE,
    takes=CancelWasteSchema,
    answers=WasteCancelledView,
)
def post_waste_cancellation(
    edge: Edge, fields: dict[str, Any], request_id: str
) -> WasteCancelled:
    """Withdraw a request that nobody has witnessed; it stays on record."""
    command = CancelWaste(
        registration_id=edge.registration_id, request_id=request_id, **fields
    )
    return cancel_waste(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/waste-requests",
    Permission.WITNESS,
    answers=WasteRequestAnswer,
    many=True,
    of_patient=True,
)
def get_pending_waste(edge: Edge) -> list[WasteRequestView]:
    """List what awaits a witness, longest waiting first."""
    return list_pending(edge.db, edge.registration_id, now=edge.clock.now())


@reads(
    blueprint,
    "/waste-requests/<request_id>",
    Permission.WITNESS,
    answers=WasteRequestAnswer,
    of_patient=True,
)
def get_waste_request(edge: Edge, request_id: str) -> WasteRequestView:
    """Show one request as its witness must see it, and what became of it."""
    return view_request(edge.db, edge.registration_id, request_id, now=edge.clock.now())
