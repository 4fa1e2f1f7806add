"""Add an authenticator app to one's account, and remove it."""

from typing import Any, Final

from flask import flash, render_template, url_for
from marshmallow import Schema

from inventory.account.pages.address import account, blueprint
from inventory.account.pages.recovery_codes import codes_or_account
from inventory.account.pages.removal import removal_page
from inventory.account.qr_code import draw_qr_code
from inventory.credentials import factors, second_factors
from inventory.web.access import SIGNED_IN
from inventory.web.edges import Asking
from inventory.web.fields import Identifier, Text
from inventory.web.own_signature import Code
from inventory.web.pages import Edge, Form, OwnSignature, ShownOnce, acts, shows
from inventory.web.services import current_services

LABEL_LENGTH_MAX: Final = 60
_NEW: Final = "/account/authenticators"
_CONFIRM: Final = f"{_NEW}/confirm"
_REMOVE: Final = f"{_NEW}/<device_id>/remove"
_URI_LENGTH_MAX: Final = 500


class LabelForm(Schema):
    """What the person calls the device."""

    label = Text(max_length=LABEL_LENGTH_MAX, required=True)


class ConfirmForm(OwnSignature):
    """The first code; what was shown to the app comes back to be shown again."""

    device_id = Identifier("otp", required=True)
    secret = Text(max_length=_URI_LENGTH_MAX, required=True)
    uri = Text(max_length=_URI_LENGTH_MAX, required=True)
    code = Code(required=True)


@shows(blueprint, _NEW, SIGNED_IN)
def ask_for_authenticator(edge: Edge, form: Form | None = None) -> str:  # noqa: ARG001 - pages have it
    """Ask which device it is on."""
    return render_template("account/authenticator.html", form=form or Form())


def _enrol(asking: Asking, fields: dict[str, Any]) -> dict[str, Any]:
    means = asking.services.identifier
    return {
        "enrolment": second_factors.enrol_authenticator(means, asking.actor, **fields)
    }


@acts(
    blueprint,
    _NEW,
    SIGNED_IN,
    takes=LabelForm,
    again=ask_for_authenticator,
    prepares=_enrol,
)
def enrol_authenticator(edge: Edge, fields: dict[str, Any]) -> ShownOnce:
    """Show the app its secret; it counts from its first code on."""
    enrolment = fields["enrolment"]
    shown = {name: getattr(enrolment, name) for name in ("device_id", "secret", "uri")}
    return ShownOnce(
        page=ask_for_code(edge, Form(entered=shown)),
        then=url_for("account.ask_for_authenticator"),
    )


def ask_for_code(edge: Edge, form: Form) -> str:  # noqa: ARG001 - as above
    """Show the secret once more, and ask for the first code."""
    uri = form.value("uri")
    code = draw_qr_code(uri) if uri else None
    return render_template("account/authenticator_code.html", form=form, qr_code=code)


@acts(
    blueprint,
    _CONFIRM,
    SIGNED_IN,
    takes=ConfirmForm,
    again=ask_for_code,
    signs=True,
)
def add_authenticator(edge: Edge, fields: dict[str, Any]) -> str | ShownOnce:
    """Let the app count from now on; the first one brings recovery codes."""
    means = current_services().identifier
    second_factors.add_authenticator(
        edge.db, means, edge.signed, fields["device_id"], fields["code"]
    )
    return codes_or_account(edge, "Your authenticator is added.")


@shows(blueprint, _REMOVE, SIGNED_IN)
def ask_to_remove_authenticator(
    edge: Edge, device_id: str, form: Form | None = None
) -> str:
    """Show what is about to be removed."""
    return removal_page(
        factors.list_factors(edge.db, edge.actor.id).authenticators, device_id, form
    )


@acts(
    blueprint,
    _REMOVE,
    SIGNED_IN,
    takes=OwnSignature,
    again=ask_to_remove_authenticator,
    signs=True,
)
def remove_authenticator(edge: Edge, _: dict[str, Any], device_id: str) -> str:
    """Remove it."""
    second_factors.remove_authenticator(
        edge.db, edge.signed, device_id, clock=edge.clock
    )
    flash("Your authenticator is removed.")
    return account()
