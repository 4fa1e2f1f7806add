"""Stop somebody, let them back in, and hand them a link to set a password."""

from typing import Any

from flask import url_for
from marshmallow import Schema

from inventory.people.commands import (
    DisablePerson,
    EnablePerson,
    MakeSetupLink,
    disable_person,
    enable_person,
    make_setup_link,
)
from inventory.people.pages.shown import KEEPS, ONE, address_of, blueprint, page_of
from inventory.web.pages import Edge, Form, ShownOnce, acts, shows


@shows(blueprint, f"{ONE}/standing", KEEPS)
def show_standing(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show what stopping somebody does, or what letting them back in does."""
    return page_of(edge, person_id, "standing.html", form=form)


@acts(blueprint, f"{ONE}/disabling", KEEPS, takes=Schema, again=show_standing)
def stop_person(edge: Edge, _: dict[str, Any], person_id: str) -> str:
    """Stop somebody at once."""
    command = DisablePerson(registration_id=edge.registration_id, person_id=person_id)
    disable_person(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, person_id)


@acts(blueprint, f"{ONE}/enabling", KEEPS, takes=Schema, again=show_standing)
def let_back_in(edge: Edge, _: dict[str, Any], person_id: str) -> str:
    """Let somebody back in, without a role."""
    command = EnablePerson(registration_id=edge.registration_id, person_id=person_id)
    enable_person(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, person_id)


@shows(blueprint, f"{ONE}/set-up-link", KEEPS)
def show_link(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show what a set-up link is for, and the button that makes one."""
    return page_of(edge, person_id, "link.html", form=form)


@acts(blueprint, f"{ONE}/set-up-link", KEEPS, takes=Schema, again=show_link)
def make_link(edge: Edge, _: dict[str, Any], person_id: str) -> ShownOnce:
    """Make a set-up link, which is shown in this answer and never again."""
    command = MakeSetupLink(registration_id=edge.registration_id, person_id=person_id)
    issued = make_setup_link(edge.db, command, actor=edge.actor, clock=edge.clock)
    address = url_for("account.take_link", secret=issued.secret, _external=True)
    shown = page_of(edge, person_id, "link.html", address=address)
    return ShownOnce(page=shown, then=address_of(edge, person_id))
