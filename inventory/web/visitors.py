"""Who looks at a page: the person whose sign-in the browser's cookie names."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from inventory.credentials import sign_ins
from inventory.credentials.presented import RelyingParty
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor, Lapse, Permission, require_permission
from inventory.kernel.errors import ErrorCode
from inventory.web.access import Access
from inventory.web.cookies import SIGN_IN_COOKIE, read_cookie
from inventory.web.edges import REGISTRATION_ID, Edge, require_entry
from inventory.web.refusals import Refusal, note
from inventory.web.services import Services

SEE_OTHER: Final = 303

_SIGNED_OUT: Final = (
    "Your sign-in has ended. Nothing was recorded. Sign in, then fill the form in anew."
)


def visitor(db: Session, *, now: datetime) -> SignedIn | None:
    """Give whoever is signed in.

    Templates find them as `g.actor` and `g.signed_in`, and `g.must_accept_policy`.
    """
    signed_in = sign_ins.resume(db, sign_in_secret(), now=now)
    if signed_in:
        g.actor, g.signed_in = signed_in.actor, signed_in
        g.must_accept_policy = must_accept_policy(signed_in.actor)
    return signed_in


def must_accept_policy(actor: Actor) -> bool:
    """Tell whether somebody has not accepted the signature policy as it reads now."""
    return any(Lapse.POLICY_NOT_ACCEPTED in each for each in actor.lapses.values())


def sign_in_secret() -> str:
    """Give the secret in the browser's cookie, or ""."""
    return read_cookie(SIGN_IN_COOKIE)


def page_edge(
    db: Session,
    services: Services,
    signed_in: SignedIn,
    access: Access,
    path: dict[str, str],
) -> Edge:
    """Let a person in to a page, or refuse.

    Raises:
        InventoryError: NOT_FOUND, NOT_PERMITTED, NOT_READY.
    """
    registration_id = path.get(REGISTRATION_ID, "")
    if isinstance(access, Permission):
        require_entry(signed_in.actor, registration_id)
        require_permission(signed_in.actor, access, registration_id)
    return Edge(
        db=db,
        actor=signed_in.actor,
        clock=services.clock,
        registration_id=registration_id,
    )


def network() -> str:
    """Give the address the request came from, as far as the proxies tell it."""
    return request.remote_addr or ""


def relying_party() -> RelyingParty:
    """Give the address of this service as passkeys know it."""
    origin = request.host_url.removesuffix("/")
    return RelyingParty(id=urlsplit(origin).hostname or "", origin=origin)


def see(path: str) -> Response:
    """Send the browser to another page of ours."""
    return make_response(redirect(path, SEE_OTHER))


def ask_to_sign_in(return_to: str) -> Response:
    """Send the browser to sign in, and back afterwards; a form it sent is refused."""
    if request.method == "POST":
        note(Refusal(code=ErrorCode.NOT_SIGNED_IN, detail=_SIGNED_OUT))
    return see(url_for("pages.show_sign_in", next=return_to.removesuffix("?")))
