"""Send the browser to the provider, and know it again when it comes back.

Going there is an act of the person: a form of ours, with its token. Browsers refuse to
be redirected elsewhere by the answer to a form (`form-action`), so the answer is a page
that leads on.
"""

from datetime import timedelta
from hmac import compare_digest
from typing import Final

from flask import Response, make_response, render_template

from inventory.credentials.challenges import LIFETIME
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on import flows
from inventory.single_sign_on.flows import Flow
from inventory.single_sign_on.pages.address import asking_provider
from inventory.web.cookies import forget_cookie, read_cookie, set_cookie
from inventory.web.services import current_services

FLOW_COOKIE: Final = "countersign_organisation"
_LIFETIME: Final[timedelta] = LIFETIME


def hand_over(flow: Flow) -> Response:
    """Lead the browser to the provider.

    Raises:
        InventoryError: BUSY when it does not answer, or as `address.unproven`.
    """
    with asking_provider(flow.purpose) as provider:
        address = provider.address(flow.asked)
    page = render_template("single_sign_on/hand_over.html", address=address)
    response = make_response(page)
    sealed = flows.seal(current_services().sealing, flow)
    set_cookie(response, FLOW_COOKIE, sealed, lifetime=_LIFETIME)
    return response


def flow_of(state: str) -> Flow:
    """Give the flow that this browser began and that an answer belongs to.

    Raises:
        InventoryError: MALFORMED_REQUEST when it began none, another one, or one that
            took too long.
    """
    services = current_services()
    sealed = read_cookie(FLOW_COOKIE)
    flow = flows.unseal(services.sealing, sealed, now=services.clock.now())
    if flow is None or not compare_digest(flow.asked.state, state):
        raise InventoryError(
            ErrorCode.MALFORMED_REQUEST,
            "This answer of your organisation's sign-in belongs to another browser, "
            "was used already, or took longer than five minutes. Start again.",
        )
    return flow


def end_flow(response: Response) -> Response:
    """Let the browser forget a flow that has come to its end."""
    forget_cookie(response, FLOW_COOKIE)
    return response
