"""The terminals of a site, in the browser of one: a page registers its own device."""

from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, after_this_request, render_template, url_for
from marshmallow import Schema

from inventory.kernel.actors import Permission
from inventory.models.sites import Registration
from inventory.programs.commands import (
    RegisterTerminal,
    RevokeTerminal,
    register_terminal,
    revoke_terminal,
)
from inventory.programs.queries import list_terminals
from inventory.programs.schemas import RegisterTerminalSchema
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form, acts, shows
from inventory.web.terminals import become_terminal, known_terminal

_RULE: Final = "/registrations/<registration_id>/terminals"


def programs_blueprint() -> Blueprint:
    """Make the blueprint of the terminals' page."""
    blueprint = Blueprint("programs_pages", __name__)
    access = Permission.MANAGE_TERMINALS
    shows(blueprint, _RULE, access)(show_terminals)
    acts(blueprint, _RULE, access, takes=RegisterTerminalSchema, again=show_terminals)(
        register_this_device
    )
    acts(
        blueprint,
        f"{_RULE}/<terminal_id>/revocation",
        access,
        takes=Schema,
        again=show_terminals,
    )(revoke_device)
    return blueprint


def show_terminals(
    edge: Edge,
    form: Form | None = None,
    terminal_id: str | None = None,  # noqa: ARG001 - the device whose button was pressed
) -> str:
    """Show the site's devices, which of them this is, and a form to register it."""
    site = edge.db.get_one(Registration, edge.registration_id)
    return render_template(
        "programs/terminals.html",
        site=site,
        terminals=list_terminals(edge.db, edge.registration_id),
        this_terminal=known_terminal(edge.db),
        local=LocalTime(ZoneInfo(site.time_zone)),
        form=form or Form(),
    )


def register_this_device(edge: Edge, fields: dict[str, Any]) -> str:
    """Make the browser that sends this a terminal of the site."""
    command = RegisterTerminal(registration_id=edge.registration_id, **fields)
    registered = register_terminal(edge.db, command, actor=edge.actor, clock=edge.clock)
    after_this_request(partial(become_terminal, secret=registered.secret))
    return _page(edge)


def revoke_device(edge: Edge, _: dict[str, Any], terminal_id: str) -> str:
    """Revoke a terminal; whoever is signed in on it is signed out."""
    command = RevokeTerminal(
        registration_id=edge.registration_id, terminal_id=terminal_id
    )
    revoke_terminal(edge.db, command, actor=edge.actor, clock=edge.clock)
    return _page(edge)


def _page(edge: Edge) -> str:
    return url_for(
        "programs_pages.show_terminals", registration_id=edge.registration_id
    )
