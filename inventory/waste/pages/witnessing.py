"""The witness's own device: what awaits them, and signing it."""

from typing import Any, Final

from flask import url_for

from inventory.kernel.actors import Permission
from inventory.waste.pages.credential import prove_own_witness
from inventory.waste.pages.frame import BOOK, blueprint, page, request_page, sign
from inventory.waste.queries import list_pending
from inventory.waste.schemas import WitnessForm
from inventory.web.pages import Edge, Form, acts, shows

_WITNESS: Final = f"{BOOK}/witness"


@shows(blueprint, _WITNESS, Permission.WITNESS, of_patient=True)
def show_awaiting(edge: Edge) -> str:
    """List what awaits a witness, longest waiting first."""
    pending = list_pending(edge.db, edge.registration_id, now=edge.clock.now())
    return page(edge, "waste/awaiting.html", pending=pending)


@shows(blueprint, f"{_WITNESS}/<request_id>", Permission.WITNESS, of_patient=True)
def show_to_witness(edge: Edge, request_id: str, form: Form | None = None) -> str:
    """Show a request to a witness on their own device."""
    return request_page(edge, "waste/witness.html", request_id, form)


@acts(
    blueprint,
    f"{_WITNESS}/<request_id>",
    Permission.WITNESS,
    takes=WitnessForm,
    again=show_to_witness,
    identifies=prove_own_witness,
)
def sign_as_witness(edge: Edge, _: dict[str, Any], request_id: str) -> str:
    """Sign a waste one has seen, with all components of one's own credential."""
    sign(edge, request_id)
    here = edge.registration_id
    return url_for(".show_to_witness", registration_id=here, request_id=request_id)
