"""Link the organisation's sign-in to one's account, and take the link away.

Linked by the person alone, with their own credential here and there: no name and no
e-mail address that a provider gives makes anybody somebody here.
"""

from typing import Any, Final

from flask import Response, flash, render_template, url_for
from marshmallow import Schema

from inventory.credentials import federated_answers
from inventory.credentials.federated import link_federated, unlink_federated
from inventory.credentials.federated_answers import FederatedAnswer
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on.flows import Purpose
from inventory.single_sign_on.pages.address import blueprint, unproven
from inventory.single_sign_on.pages.signature import ask_anew, signed_in_actor
from inventory.single_sign_on.queries import list_linked
from inventory.web.access import SIGNED_IN, state_access
from inventory.web.forms import read_form
from inventory.web.organisation import answer_of
from inventory.web.pages import Edge, Form, OwnSignature, acts, shows

_RULE: Final = "/account/organisation"


@shows(blueprint, _RULE, SIGNED_IN)
def show_link(edge: Edge, form: Form | None = None) -> str:
    """Show what is linked, or what can be."""
    return render_template(
        "single_sign_on/link.html",
        linked=list_linked(edge.db, edge.actor.id),
        answer=_answer(edge.actor),
        form=form or Form(),
    )


def begin_link() -> Response:
    """Lead whoever is signed in to their organisation, to show who they are there."""
    actor = signed_in_actor()
    Schema().load(read_form(Schema()).entered)
    then = url_for("single_sign_on.show_link")
    return ask_anew(actor, Purpose.LINK, digest=None, then=then)


@acts(blueprint, _RULE, SIGNED_IN, takes=OwnSignature, again=show_link, signs=True)
def link(edge: Edge, _: dict[str, Any]) -> str:
    """Link the identity that the person has just shown."""
    if list_linked(edge.db, edge.actor.id):
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "You have linked an identity already. Take that link away first.",
        )
    answer, now = _answer(edge.actor), edge.clock.now()
    if answer is None or not federated_answers.use(
        edge.db, answer, edge.actor, digest=None, now=now
    ):
        raise unproven(Purpose.LINK)
    link_federated(
        edge.db, edge.signed, answer.issuer, answer.subject, clock=edge.clock
    )
    flash("Your organisation's sign-in is linked. You can sign in with it.")
    return url_for("single_sign_on.show_link")


@acts(
    blueprint,
    f"{_RULE}/unlink",
    SIGNED_IN,
    takes=OwnSignature,
    again=show_link,
    signs=True,
)
def unlink(edge: Edge, _: dict[str, Any]) -> str:
    """Take the link away."""
    for each in list_linked(edge.db, edge.actor.id):
        unlink_federated(
            edge.db, edge.signed, each.issuer, each.subject, clock=edge.clock
        )
    flash("Your organisation's sign-in is no longer linked.")
    return url_for("single_sign_on.show_link")


def _answer(actor: Actor) -> FederatedAnswer | None:
    """Give the identity that the person has just shown for linking."""
    answer = answer_of(actor)
    return answer if answer is not None and answer.digest is None else None


blueprint.add_url_rule(
    f"{_RULE}/show",
    view_func=state_access(begin_link, SIGNED_IN),
    methods=["POST"],
)
