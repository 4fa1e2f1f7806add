"""Signing in and out, in a browser.

Whatever is wrong is said in one sentence, with one status (threat T22): nobody learns
which names exist.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields

from inventory.credentials import refusals, sign_ins
from inventory.credentials.identified import Identified
from inventory.credentials.presented import Presented
from inventory.credentials.sign_ins import ActiveSignIn
from inventory.kernel.actors import Actor
from inventory.web.access import PUBLIC, SIGNED_IN, state_access
from inventory.web.challenges import (
    ask_for_new_passkey,
    ask_for_signature,
    ask_to_sign_in_by_passkey,
)
from inventory.web.cookies import SIGN_IN_COOKIE, forget_cookie, set_cookie
from inventory.web.fields import Secret, Text
from inventory.web.forms import Form, read_form
from inventory.web.own_signature import Code, PasskeyText, passkey_answer
from inventory.web.services import current_services
from inventory.web.terminals import known_terminal
from inventory.web.turns import Turns
from inventory.web.visitors import must_accept_policy, network, see, sign_in_secret

START: Final = "/"
POLICY: Final = "/policy"
_NAME_LENGTH_MAX: Final = 100

# Whoever asks for more than a turn is answered at once: waiting would hold the threads
# that record. Signatures of people at work wait for no stranger.
SIGN_INS_AT_ONCE: Final = 3
_TURNS: Final = Turns(
    SIGN_INS_AT_ONCE,
    wait_s=0,
    busy="Many people are signing in at this moment. Try again in a few seconds.",
)


class SignInForm(Schema):
    """What the sign-in page sends."""

    sign_in_name = Text(max_length=_NAME_LENGTH_MAX, required=True)
    password = Secret(required=True)
    code = Code()
    next = fields.Raw()


class PasskeyForm(Schema):
    """What the sign-in page sends when a passkey was used."""

    passkey = PasskeyText(required=True)
    challenge = PasskeyText(required=True)
    next = fields.Raw()


def pages_blueprint() -> Blueprint:
    """Make the blueprint of signing in and out."""
    blueprint = Blueprint("pages", __name__)
    for rule, view, method, access in (
        ("/sign-in", show_sign_in, "GET", PUBLIC),
        ("/sign-in", sign_in, "POST", PUBLIC),
        ("/sign-in/passkey", sign_in_by_passkey, "POST", PUBLIC),
        ("/sign-in/passkey-challenge", ask_to_sign_in_by_passkey, "POST", PUBLIC),
        ("/signature-challenge", ask_for_signature, "POST", SIGNED_IN),
        ("/passkey-challenge", ask_for_new_passkey, "POST", SIGNED_IN),
        ("/sign-out", sign_out, "POST", PUBLIC),
    ):
        stated = state_access(view, access)
        blueprint.add_url_rule(rule, view_func=stated, methods=[method])
    return blueprint


def show_sign_in() -> str:
    """Show the sign-in page."""
    return _page(Form(), request.args)


def sign_in() -> ResponseReturnValue:
    """Sign a browser in with a person's own name, password and code."""
    asked = _read(SignInForm())
    presented = Presented(
        sign_in_name=asked["sign_in_name"],
        password=asked["password"],
        code=asked.get("code"),
        network=network(),
    )
    with _TURNS.one():
        identified = current_services().identifier.identify(presented)
    return welcome(identified, request.form)


def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign a browser in with a passkey alone: it verified its user, two factors."""
    asked = _read(PasskeyForm())
    answer = passkey_answer(asked["passkey"], asked["challenge"])
    assert answer is not None, "both are required"
    return welcome(current_services().identifier.identify_passkey(answer), request.form)


def sign_out() -> Response:
    """Sign the browser out."""
    services = current_services()
    with services.database.transaction() as db:
        sign_ins.end(db, sign_in_secret(), now=services.clock.now())
    response = see(url_for("pages.show_sign_in"))
    forget_cookie(response, SIGN_IN_COOKIE)
    # Not "cookies": that would take those of other applications of the domain too, and
    # the one by which this terminal is known.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def welcome(identified: Identified, asked: Mapping[str, Any]) -> Response:
    """Begin the sign-in of whoever was identified, and go on.

    The browser gets a new secret, so that one planted before is worth nothing
    (ASVS 5.0 7.2.4).

    Args:
        identified: who, and by what.
        asked: what names the page to go on to, as `next`.
    """
    services = current_services()
    now, actor = services.clock.now(), identified.actor
    with services.database.transaction() as db:
        sign_ins.end(db, sign_in_secret(), now=now)
        elsewhere = sign_ins.list_active(db, actor.id, now=now)
        secret = sign_ins.begin(
            db,
            actor,
            identified.factors,
            terminal_id=known_terminal(db),
            browser=request.user_agent.string,
            network=network(),
            now=now,
        )
    if elsewhere:
        flash(_ended_elsewhere(elsewhere[0]))
    response = see(_next_page(actor, destination(asked)))
    set_cookie(response, SIGN_IN_COOKIE, secret, lifetime=sign_ins.OVERALL_MAX)
    return response


def destination(asked: Mapping[str, Any]) -> str:
    """Give the page to go on to: one of ours, or the start page."""
    path = str(asked.get("next", START))
    # Browsers read "//host" and "/\host" as another site's address.
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\")
    return path if is_ours and path.isprintable() else START


def _read(schema: Schema) -> dict[str, Any]:
    """Read the form; a name or password that no one can have is one more wrong one."""
    form = read_form(schema)
    g.shows_again = lambda problem: _page(form.again(problem), request.form)
    try:
        loaded: dict[str, Any] = schema.load(form.entered)
    except ValidationError as error:
        raise refusals.not_signed_in() from error
    return loaded


def _page(form: Form, asked: Mapping[str, Any]) -> str:
    return render_template("sign_in.html", form=form, destination=destination(asked))


def _next_page(actor: Actor, path: str) -> str:
    """Lead by the signature policy whoever has not accepted it as it reads now."""
    if must_accept_policy(actor):
        return f"{POLICY}?{urlencode({'next': path})}"
    return path


def _ended_elsewhere(sign_in: ActiveSignIn) -> str:
    place = sign_in.network or "an unknown address"
    return (
        f"You were still signed in elsewhere ({place}). That sign-in has ended. If it "
        "was not you, change your password now and tell your manager."
    )
