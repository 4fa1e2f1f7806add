"""A one-time link: somebody new, or after a reset, sets their password themselves.

The secret leaves the address at once, for a cookie of ours: no page ever stands at that
address, so it is in no history and no referrer.
"""

from typing import Any, Final

from flask import Response, flash, g, render_template, session, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, validates_schema
from sqlalchemy.orm import Session

from inventory.account.pages.address import blueprint
from inventory.account.pages.authenticators import LabelForm
from inventory.account.pages.password import require_same
from inventory.account.qr_code import draw_qr_code
from inventory.credentials import second_factors, setup_links
from inventory.credentials.identified import Identified
from inventory.credentials.passwords import NewPassword
from inventory.credentials.setup_links import OpenLink
from inventory.credentials.strength import length_min
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.sites import Registration
from inventory.web.access import PUBLIC, state_access
from inventory.web.fields import Identifier, Secret, Text
from inventory.web.forms import Form, read_form
from inventory.web.own_signature import Code
from inventory.web.services import current_services
from inventory.web.visitors import see

_KEPT: Final = "set_up"  # in the cookie of forms, which is signed
_URI_LENGTH_MAX: Final = 500


class SetUpForm(Schema):
    """A password, and the first code of an authenticator if one was begun."""

    password = Secret(required=True)
    again = Secret(required=True)
    device_id = Identifier("otp")
    secret = Text(max_length=_URI_LENGTH_MAX)
    uri = Text(max_length=_URI_LENGTH_MAX)
    code = Code()

    @validates_schema
    def _require_whole(self, data: dict[str, Any], **_: Any) -> None:
        require_same(data)
        if "device_id" in data and "code" not in data:
            raise ValidationError("Type the code that the app shows now.", "code")


def take_link(secret: str) -> Response:
    """Take the secret out of the address."""
    session[_KEPT] = secret
    return see(url_for("account.show_set_up"))


def show_set_up() -> str:
    """Say for whom the link is, and ask for a password."""
    return _page(Form())


def begin_authenticator() -> str:
    """Begin an authenticator, so that a shorter password is enough."""
    services, form = current_services(), read_form(LabelForm())
    g.shows_again = lambda problem: _page(form.again(problem))
    fields: dict[str, Any] = form.schema.load(form.entered)
    with services.database.reading() as db:
        owner = setup_links.as_owner(db, _secret(), clock=services.clock)
    enrolment = second_factors.enrol_authenticator(
        services.identifier, owner.actor, fields["label"]
    )
    shown = {name: getattr(enrolment, name) for name in ("device_id", "secret", "uri")}
    return _page(Form(entered=shown))


def set_up() -> ResponseReturnValue:
    """Set the password, with the authenticator if one was begun."""
    form = read_form(SetUpForm())
    g.shows_again = lambda problem: _page(form.again(problem))
    fields: dict[str, Any] = form.schema.load(form.entered)
    password = _prepared(fields)
    codes = _complete(fields, password)
    del session[_KEPT]
    if not codes:
        flash("Your password is set. Sign in with it.")
        return see(url_for("pages.show_sign_in"))
    return render_template(
        "account/codes.html",
        codes=codes,
        title="Keep these recovery codes",
        go_on="pages.show_sign_in",
    )


def _prepared(fields: dict[str, Any]) -> NewPassword:
    """Weigh and hash the password, before the transaction opens."""
    services = current_services()
    with services.database.reading() as db:
        link, site = _open(db)
    return services.passwords.prepare(
        fields["password"],
        beside_second_factor="device_id" in fields,
        context=[link.name, link.sign_in_name, site],
    )


def _complete(fields: dict[str, Any], password: NewPassword) -> list[str]:
    """Use the link up; give the recovery codes of a second factor."""
    services, secret = current_services(), _secret()
    with services.database.transaction() as db:
        owner = setup_links.as_owner(db, secret, clock=services.clock)
        codes = _second_factor(db, owner, fields) if "device_id" in fields else []
        setup_links.complete(db, secret, password, clock=services.clock)
    return codes


def _second_factor(db: Session, owner: Identified, fields: dict[str, Any]) -> list[str]:
    services = current_services()
    second_factors.add_authenticator(
        db, services.identifier, owner, fields["device_id"], fields["code"]
    )
    return second_factors.make_recovery_codes(db, owner, clock=services.clock)


def _page(form: Form) -> str:
    with current_services().database.reading() as db:
        link, site = _open(db)
    uri = form.value("uri")
    return render_template(
        "account/set_up.html",
        form=form,
        link=link,
        site=site,
        qr_code=draw_qr_code(uri) if uri else None,
        length_min=length_min(beside_second_factor=bool(uri)),
    )


def _open(db: Session) -> tuple[OpenLink, str]:
    """Give the link that the browser followed, and the name of its site.

    Raises:
        InventoryError: NOT_FOUND for one that is unknown, used or expired.
    """
    link = setup_links.look_up(db, _secret(), now=current_services().clock.now())
    if link is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This link does not work: it was used, has expired, or another one took "
            "its place. Ask your administrator for a new one.",
        )
    return link, db.get_one(Registration, link.registration_id).name


def _secret() -> str:
    return str(session.get(_KEPT, ""))


for _rule, _view, _method in (
    ("/set-up/<secret>", take_link, "GET"),
    ("/set-up", show_set_up, "GET"),
    ("/set-up", set_up, "POST"),
    ("/set-up/authenticator", begin_authenticator, "POST"),
):
    _stated = state_access(_view, PUBLIC)
    blueprint.add_url_rule(_rule, view_func=_stated, methods=[_method])
