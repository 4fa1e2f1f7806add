"""Asking for a witness, by who wastes."""

from typing import Any, Final

from flask import url_for

from inventory.kernel.actors import Permission
from inventory.waste.commands import RequestWaste, request_waste
from inventory.waste.pages.frame import BOOK, blueprint, page
from inventory.waste.queries import view_remainder
from inventory.waste.schemas import WasteForm
from inventory.web.pages import Edge, Form, acts, shows

_ASK: Final = f"{BOOK}/sessions/<session_id>/waste"


@shows(blueprint, _ASK, Permission.RECORD_WASTE, of_patient=True)
def show_remainder(edge: Edge, session_id: str, form: Form | None = None) -> str:
    """Show what a session still holds, and ask what of it is wasted."""
    held = view_remainder(edge.db, edge.registration_id, session_id)
    return page(edge, "waste/ask.html", form=form or Form(), held=held)


@acts(
    blueprint,
    _ASK,
    Permission.RECORD_WASTE,
    takes=WasteForm,
    again=show_remainder,
    signs=True,
)
def ask_for_witness(edge: Edge, fields: dict[str, Any], session_id: str) -> str:
    """Write down what is wasted; the next page is for the witness."""
    command = RequestWaste(
        registration_id=edge.registration_id, session_id=session_id, **fields
    )
    asked = request_waste(edge.db, command, actor=edge.actor, clock=edge.clock)
    return url_for(
        ".show_co_sign",
        registration_id=edge.registration_id,
        request_id=asked.shown.request_id,
    )
