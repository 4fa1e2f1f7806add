"""Pages for people: how one is shown, and signing in and out. Content lives above.

@shows(blueprint, "/", SIGNED_IN)
def start(edge: Edge) -> str:
    return render_template("start.html", ...)
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from inventory.credentials.proofs import OwnCredential, recognise
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.web import browsers
from inventory.web.access import PUBLIC, Access, state_access
from inventory.web.cookies import SIGN_IN_COOKIE, forget_sign_in, set_sign_in
from inventory.web.endpoints import Edge, require_entry
from inventory.web.fields import Secret, Text
from inventory.web.requests import require_plain_path
from inventory.web.services import Services, current_services

START: Final = "/"
_SEE_OTHER: Final = 303
_REFUSED: Final = 422
_NAME_LENGTH_MAX: Final = 100

Page = Callable[..., ResponseReturnValue]


class SignInForm(Schema):
    """What the sign-in page sends."""

    sign_in_name = Text(max_length=_NAME_LENGTH_MAX, required=True)
    password = Secret(required=True)


def pages_blueprint() -> Blueprint:
    """Make the blueprint of signing in and out."""
    blueprint = Blueprint("pages", __name__)
    for rule, view, method in (
        ("/sign-in", show_sign_in, "GET"),
        ("/sign-in", sign_in, "POST"),
        ("/sign-out", sign_out, "POST"),
    ):
        public = state_access(view, PUBLIC)
        blueprint.add_url_rule(rule, view_func=public, methods=[method])
    return blueprint


def shows(blueprint: Blueprint, rule: str, access: Access) -> Callable[[Page], Page]:
    """Declare a page for people who are signed in: `page(edge, **path)`.

    A browser that is not signed in is sent to sign in first, and comes back.
    """

    def register(page: Page) -> Page:
        def view(**path: str) -> ResponseReturnValue:
            return _show(page, access, path)

        update_wrapper(view, page)
        blueprint.add_url_rule(rule, view_func=state_access(view, access))
        return page

    return register


def show_sign_in() -> str:
    """Show the sign-in page."""
    return render_template("sign_in.html", destination=_destination(request.args))


def sign_in() -> ResponseReturnValue:
    """Sign a browser in with a person's own name and password."""
    services = current_services()
    actor = _recognised(services)
    if actor is None:
        shown = render_template(
            "sign_in.html",
            destination=_destination(request.form),
            sign_in_name=request.form.get("sign_in_name", ""),
            refused=True,
        )
        return shown, _REFUSED
    now = services.clock.now()
    with services.database.transaction() as db:
        browsers.end(db, _cookie(), now=now)
        secret = browsers.begin(db, actor.id, now=now)
    response = _see(_destination(request.form))
    set_sign_in(response, secret, lifetime=browsers.OVERALL_MAX)
    return response


def sign_out() -> Response:
    """Sign the browser out."""
    services = current_services()
    with services.database.transaction() as db:
        browsers.end(db, _cookie(), now=services.clock.now())
    response = _see(url_for("pages.show_sign_in"))
    forget_sign_in(response)
    return response


def _show(page: Page, access: Access, path: dict[str, str]) -> ResponseReturnValue:
    require_plain_path(path)
    services = current_services()
    now = services.clock.now()
    with services.database.reading() as db:
        signed_in = browsers.resume(db, _cookie(), now=now)
        if signed_in is None:
            return _see(url_for("pages.show_sign_in", next=request.full_path))
        g.actor = signed_in.actor
        edge = _edge(db, services, signed_in.actor, access, path)
        response = make_response(page(edge, **path))
    if signed_in.wants_note:
        with services.database.transaction() as db:
            browsers.note_visit(db, _cookie(), now=now)
    return response


def _edge(
    db: Session, services: Services, actor: Actor, access: Access, path: dict[str, str]
) -> Edge:
    registration_id = path.pop("registration_id", "")
    if isinstance(access, Permission):
        require_entry(actor, registration_id)
        require_permission(actor, access, registration_id)
    return Edge(
        db=db,
        actor=actor,
        clock=services.clock,
        passwords=services.passwords,
        registration_id=registration_id,
    )


def _recognised(services: Services) -> Actor | None:
    # A name or password that no one can have is one more wrong one, said the same way.
    try:
        asked: dict[str, Any] = SignInForm().load(
            {name: request.form.get(name, "") for name in SignInForm().fields}
        )
    except ValidationError:
        return None
    with services.database.reading() as db:
        return recognise(db, OwnCredential(**asked), passwords=services.passwords)


def _cookie() -> str:
    return request.cookies.get(SIGN_IN_COOKIE, "")


def _see(path: str) -> Response:
    response: Any = redirect(path, _SEE_OTHER)
    return make_response(response)


def _destination(asked: Any) -> str:
    """Give the page to go on to: one of ours, or the start page."""
    path = str(asked.get("next", START)).removesuffix("?")
    # Browsers read "//host" and "/\host" as another site's address.
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\")
    return path if is_ours and path.isprintable() else START
