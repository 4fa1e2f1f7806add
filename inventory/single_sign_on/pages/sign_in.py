"""Begin to sign in at the organisation, and sign out there."""

from typing import Any

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on.client import Asked
from inventory.single_sign_on.flows import Flow, Purpose
from inventory.single_sign_on.pages.address import asking_provider, blueprint
from inventory.single_sign_on.pages.hand_over import hand_over
from inventory.web.access import PUBLIC, state_access
from inventory.web.forms import Form, read_form
from inventory.web.services import current_services
from inventory.web.sign_in import destination
from inventory.web.visitors import see


class BeginForm(Schema):
    """The page to go on to."""

    next = fields.Raw()


def begin_sign_in() -> Response:
    """Lead the browser to the organisation's sign-in."""
    asked: dict[str, Any] = BeginForm().load(read_form(BeginForm()).entered)
    show_sign_in_again(destination(asked))
    flow = Flow(
        purpose=Purpose.SIGN_IN,
        asked=Asked.at(current_services().clock.now(), anew=False),
        next=destination(asked),
    )
    return hand_over(flow)


def sign_out() -> ResponseReturnValue:
    """Lead the browser to where the organisation signs people out."""
    with asking_provider(Purpose.SIGN_IN) as provider:
        address = provider.sign_out_address()
    if address is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "Your organisation's sign-in has no address for signing out. Sign out "
            "where it shows your account, or close the browser.",
        )
    return see(address)


def show_sign_in_again(path: str) -> None:
    """Show the sign-in page when something is refused from here on."""

    def show(problem: dict[str, Any]) -> str:
        form = Form(refusal=problem["detail"])
        return render_template("sign_in.html", form=form, destination=path)

    g.shows_again = show


blueprint.add_url_rule(
    "/sign-in/organisation",
    view_func=state_access(begin_sign_in, PUBLIC),
    methods=["POST"],
)
blueprint.add_url_rule(
    "/sign-out/organisation", view_func=state_access(sign_out, PUBLIC)
)
