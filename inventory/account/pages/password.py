"""Change one's password."""

from typing import Any

from flask import flash, render_template
from marshmallow import ValidationError, validates_schema

from inventory.account.pages.address import account, blueprint
from inventory.account.queries import sign_in_name_of, words_around
from inventory.credentials import factors
from inventory.credentials.strength import length_min
from inventory.web.access import SIGNED_IN
from inventory.web.edges import Asking
from inventory.web.fields import Secret
from inventory.web.pages import Edge, Form, OwnSignature, acts, shows

_RULE = "/account/password"


class PasswordForm(OwnSignature):
    """The new password, twice, as it is typed unseen."""

    password = Secret(required=True)
    again = Secret(required=True)

    @validates_schema
    def _require_same(self, data: dict[str, Any], **_: Any) -> None:
        require_same(data)


def require_same(data: dict[str, Any]) -> None:
    """Refuse two passwords that differ.

    Raises:
        ValidationError: naming the second.
    """
    if data.get("password") != data.get("again"):
        raise ValidationError(
            "This differs from the first one. Type both anew.", "again"
        )


@shows(blueprint, _RULE, SIGNED_IN)
def ask_for_password(edge: Edge, form: Form | None = None) -> str:
    """Show the form."""
    has_second = factors.list_factors(edge.db, edge.actor.id).has_second
    return render_template(
        "account/password.html",
        form=form or Form(),
        length_min=length_min(beside_second_factor=has_second),
        sign_in_name=sign_in_name_of(edge.db, edge.actor),
    )


def _prepare(asking: Asking, fields: dict[str, Any]) -> dict[str, Any]:
    services = asking.services
    with services.database.reading() as db:
        context = words_around(db, asking.actor)
        has_second = factors.list_factors(db, asking.actor.id).has_second
    new = services.passwords.prepare(
        fields["password"], beside_second_factor=has_second, context=context
    )
    return {"new": new}


@acts(
    blueprint,
    _RULE,
    SIGNED_IN,
    takes=PasswordForm,
    again=ask_for_password,
    prepares=_prepare,
    signs=True,
)
def change_password(edge: Edge, fields: dict[str, Any]) -> str:
    """Change it; wherever else the person is signed in, they are out."""
    factors.change_password(
        edge.db,
        edge.signed,
        fields["new"],
        sign_in_id=edge.actor.known_by.source,
        clock=edge.clock,
    )
    flash("Your password is changed. Other sign-ins of yours have ended.")
    return account()
