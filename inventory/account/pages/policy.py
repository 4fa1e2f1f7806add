"""What a signature means here: read and accepted once per text (21 CFR 11.10(j))."""

from typing import Any, Final

from flask import render_template, request
from marshmallow import Schema
from marshmallow import fields as raw

from inventory.account.pages.address import blueprint
from inventory.credentials.policy import POLICY_TEXT
from inventory.credentials.policy_acceptance import accept_policy
from inventory.kernel.actors import Lapse
from inventory.web.access import SIGNED_IN
from inventory.web.fields import Choice
from inventory.web.pages import Edge, Form, acts, shows
from inventory.web.sign_in import POLICY, destination

_ASKED: Final = {Lapse.POLICY_NOT_ACCEPTED}


class PolicyForm(Schema):
    """That the person agrees, and the page they were going to."""

    accepted = Choice(["yes"], required=True)
    next = raw.Raw()


@shows(blueprint, POLICY, SIGNED_IN)
def show_policy(edge: Edge, form: Form | None = None) -> str:
    """Show the policy, and the form unless it is accepted."""
    return render_template(
        "account/policy.html",
        text=POLICY_TEXT,
        form=form or Form(),
        is_accepted=not _sites(edge),
        destination=destination(request.values),
    )


@acts(blueprint, POLICY, SIGNED_IN, takes=PolicyForm, again=show_policy)
def accept(edge: Edge, fields: dict[str, Any]) -> str:
    """Accept it wherever the person works; each site's book says so."""
    for registration_id in _sites(edge):
        accept_policy(edge.db, edge.actor, registration_id, clock=edge.clock)
    return destination(fields)


def _sites(edge: Edge) -> list[str]:
    """Give where it is not accepted as it reads now; books are locked in this order."""
    lapses = edge.actor.lapses.items()
    return sorted(site for site, found in lapses if _ASKED & found)
