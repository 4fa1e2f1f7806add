"""Ask for a role, for the end of one, or for new credentials."""

from typing import Any

from marshmallow import Schema

from inventory.people.commands import RequestAccess, request_access
from inventory.people.pages.shown import (
    KEEPS,
    ONE,
    address_of_request,
    blueprint,
    page_of,
)
from inventory.people.rules import RequestKind
from inventory.people.schemas import AskForEndForm, AskForRoleForm
from inventory.web.pages import Edge, Form, acts, shows


@shows(blueprint, f"{ONE}/new-role", KEEPS)
def show_new_role(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show the form that asks for a role."""
    return page_of(edge, person_id, "new_role.html", form=form)


@acts(
    blueprint,
    f"{ONE}/new-role",
    KEEPS,
    takes=AskForRoleForm,
    again=show_new_role,
)
def ask_for_role(edge: Edge, fields: dict[str, Any], person_id: str) -> str:
    """Ask for a role; somebody else approves it."""
    return _ask(edge, person_id, RequestKind.GRANT_ROLE, **fields)


@shows(blueprint, f"{ONE}/end-role", KEEPS)
def show_end_role(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show the form that asks for the end of a role."""
    return page_of(edge, person_id, "end_role.html", form=form)


@acts(
    blueprint,
    f"{ONE}/end-role",
    KEEPS,
    takes=AskForEndForm,
    again=show_end_role,
)
def ask_for_end(edge: Edge, fields: dict[str, Any], person_id: str) -> str:
    """Ask for the end of a role; somebody else approves it."""
    return _ask(edge, person_id, RequestKind.END_ROLE, **fields)


@shows(blueprint, f"{ONE}/reset", KEEPS)
def show_reset(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show what a reset takes away, and the button that asks for it."""
    return page_of(edge, person_id, "reset.html", form=form)


@acts(blueprint, f"{ONE}/reset", KEEPS, takes=Schema, again=show_reset)
def ask_for_reset(edge: Edge, _: dict[str, Any], person_id: str) -> str:
    """Ask for new credentials; somebody else approves it."""
    return _ask(edge, person_id, RequestKind.RESET_CREDENTIALS)


def _ask(edge: Edge, person_id: str, kind: RequestKind, **fields: Any) -> str:
    here = edge.registration_id
    command = RequestAccess(
        registration_id=here, person_id=person_id, kind=kind, **fields
    )
    asked = request_access(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of_request(edge, asked.shown.request_id)
