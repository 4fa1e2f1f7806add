"""Begin to sign exactly one entry at the organisation's sign-in."""

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields
from marshmallow.validate import Regexp

from inventory.credentials import federated_answers
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on.client import Asked
from inventory.single_sign_on.flows import Flow, Purpose
from inventory.single_sign_on.pages.address import blueprint
from inventory.single_sign_on.pages.hand_over import hand_over
from inventory.web.access import SIGNED_IN, state_access
from inventory.web.fields import Text
from inventory.web.forms import read_form
from inventory.web.services import current_services
from inventory.web.sign_in import destination
from inventory.web.visitors import visitor

_DIGEST_LENGTH: Final = 64


class SignatureForm(Schema):
    """Over which entry, and the page that shows it."""

    digest = Text(
        max_length=_DIGEST_LENGTH, required=True, validate=Regexp("^[0-9a-f]{64}$")
    )
    next = fields.Raw(required=True)


def begin_signature() -> Response:
    """Lead whoever is signed in to their organisation, to show anew who they are."""
    actor = signed_in_actor()
    asked: dict[str, Any] = SignatureForm().load(read_form(SignatureForm()).entered)
    return ask_anew(
        actor, Purpose.SIGNATURE, digest=asked["digest"], then=destination(asked)
    )


def ask_anew(
    actor: Actor, purpose: Purpose, *, digest: str | None, then: str
) -> Response:
    """Ask a person to prove at their organisation, now, who they are.

    What the provider signs (the nonce) stands for the kept question and the entry.
    """
    services = current_services()
    now = services.clock.now()
    with services.database.transaction() as db:
        question = federated_answers.ask(db, actor.id, digest=digest, now=now)
    nonce = federated_answers.nonce_of(question)
    flow = Flow(
        purpose=purpose,
        asked=Asked.at(now, nonce=nonce, anew=True),
        next=then,
        question_id=question.id,
    )
    return hand_over(flow)


def signed_in_actor() -> Actor:
    """Give whoever is signed in.

    Raises:
        InventoryError: NOT_SIGNED_IN.
    """
    services = current_services()
    with services.database.reading() as db:
        signed_in = visitor(db, now=services.clock.now())
    if signed_in is None:
        raise InventoryError(
            ErrorCode.NOT_SIGNED_IN, "You are signed out. Sign in, then go on."
        )
    return signed_in.actor


blueprint.add_url_rule(
    "/signature/organisation",
    view_func=state_access(begin_signature, SIGNED_IN),
    methods=["POST"],
)
