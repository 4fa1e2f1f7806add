"""Add a passkey to one's account, and remove it."""

from typing import Any, Final

from flask import flash, render_template

from inventory.account.pages.address import account, blueprint
from inventory.account.pages.authenticators import LABEL_LENGTH_MAX
from inventory.account.pages.recovery_codes import codes_or_account
from inventory.account.pages.removal import removal_page
from inventory.credentials import factors, second_factors
from inventory.credentials.presented import PasskeyAnswer
from inventory.web.access import SIGNED_IN
from inventory.web.fields import Text
from inventory.web.own_signature import PasskeyText
from inventory.web.pages import Edge, Form, OwnSignature, ShownOnce, acts, shows
from inventory.web.services import current_services
from inventory.web.visitors import relying_party

_NEW: Final = "/account/passkeys"
_REMOVE: Final = f"{_NEW}/<passkey_id>/remove"


class PasskeyForm(OwnSignature):
    """What the browser made, and what the person calls it."""

    label = Text(max_length=LABEL_LENGTH_MAX, required=True)
    passkey = PasskeyText(required=True)
    challenge = PasskeyText(required=True)


@shows(blueprint, _NEW, SIGNED_IN)
def ask_for_passkey(edge: Edge, form: Form | None = None) -> str:  # noqa: ARG001 - pages have it
    """Show the form."""
    return render_template("account/passkey.html", form=form or Form())


@acts(blueprint, _NEW, SIGNED_IN, takes=PasskeyForm, again=ask_for_passkey, signs=True)
def add_passkey(edge: Edge, fields: dict[str, Any]) -> str | ShownOnce:
    """Let the passkey count from now on."""
    answer = PasskeyAnswer(
        assertion_json=fields["passkey"],
        challenge_id=fields["challenge"],
        party=relying_party(),
    )
    means = current_services().identifier
    second_factors.add_passkey(
        edge.db, means, edge.signed, answer, label=fields["label"]
    )
    return codes_or_account(edge, "Your passkey is added.")


@shows(blueprint, _REMOVE, SIGNED_IN)
def ask_to_remove_passkey(edge: Edge, passkey_id: str, form: Form | None = None) -> str:
    """Show what is about to be removed."""
    own = factors.list_factors(edge.db, edge.actor.id).passkeys
    return removal_page(own, passkey_id, form)


@acts(
    blueprint,
    _REMOVE,
    SIGNED_IN,
    takes=OwnSignature,
    again=ask_to_remove_passkey,
    signs=True,
)
def remove_passkey(edge: Edge, _: dict[str, Any], passkey_id: str) -> str:
    """Remove it."""
    second_factors.remove_passkey(edge.db, edge.signed, passkey_id, clock=edge.clock)
    flash("Your passkey is removed.")
    return account()
