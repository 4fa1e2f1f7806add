"""The screen of who asked: the witness signs on it, or the request is withdrawn."""

from typing import Any, Final

from flask import url_for

from inventory.kernel.actors import Permission
from inventory.waste.commands import CancelWaste, cancel_waste
from inventory.waste.pages.credential import prove_co_signer
from inventory.waste.pages.frame import BOOK, blueprint, request_page, sign
from inventory.waste.schemas import CancelWasteSchema, CoSignForm
from inventory.web.pages import Edge, Form, acts, shows

_REQUEST: Final = f"{BOOK}/waste-requests/<request_id>"


@shows(blueprint, f"{_REQUEST}/co-sign", Permission.RECORD_WASTE, of_patient=True)
def show_co_sign(edge: Edge, request_id: str, form: Form | None = None) -> str:
    """Show a request to its witness on the screen of who asked."""
    return request_page(edge, "waste/co_sign.html", request_id, form)


@acts(
    blueprint,
    f"{_REQUEST}/co-sign",
    Permission.RECORD_WASTE,
    takes=CoSignForm,
    again=show_co_sign,
    identifies=prove_co_signer,
)
def co_sign(edge: Edge, _: dict[str, Any], request_id: str) -> str:
    """Let the witness sign; whoever is signed in stays so, and nobody else is."""
    sign(edge, request_id)
    return _to_request(edge, request_id)


@acts(
    blueprint,
    f"{_REQUEST}/cancellation",
    Permission.RECORD_WASTE,
    takes=CancelWasteSchema,
    again=show_co_sign,
)
def cancel(edge: Edge, fields: dict[str, Any], request_id: str) -> str:
    """Withdraw a request, with a reason that is kept and shown."""
    command = CancelWaste(
        registration_id=edge.registration_id, request_id=request_id, **fields
    )
    cancel_waste(edge.db, command, actor=edge.actor, clock=edge.clock)
    return _to_request(edge, request_id)


def _to_request(edge: Edge, request_id: str) -> str:
    here = edge.registration_id
    return url_for(".show_co_sign", registration_id=here, request_id=request_id)
