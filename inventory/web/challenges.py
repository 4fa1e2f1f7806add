"""What a passkey is asked to answer; fetched when somebody presses its button."""

import json
from typing import Any, Final

from flask import Response
from marshmallow import Schema
from marshmallow.validate import Regexp

from inventory.credentials import second_factors
from inventory.credentials.identified import Ceremony
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.fields import Choice, Text
from inventory.web.forms import read_form
from inventory.web.services import current_services
from inventory.web.visitors import relying_party, visitor

_DIGEST_LENGTH: Final = 64


class SignatureQuestion(Schema):
    """Over what, and by whom."""

    digest = Text(max_length=_DIGEST_LENGTH, validate=Regexp("^[0-9a-f]{64}$"))
    anyone = Choice(["yes"])


def ask_to_sign_in_by_passkey() -> Response:
    """Give the challenge of a sign-in; nothing is kept."""
    return challenge(current_services().identifier.begin_passkey(relying_party()))


def ask_for_signature() -> Response:
    """Give the challenge of a signature: one's own, or that of a further person.

    With `digest` it is over exactly that entry; with `anyone` whoever is there may
    answer it, such as a witness on the same screen.
    """
    actor = _signed_in()
    schema = SignatureQuestion()
    asked: dict[str, Any] = schema.load(read_form(schema).entered)
    signer = None if asked.get("anyone") else actor.id
    identifier = current_services().identifier
    return challenge(
        identifier.begin_signature(signer, asked.get("digest"), relying_party())
    )


def ask_for_new_passkey() -> Response:
    """Give the challenge by which a browser makes a passkey."""
    means = current_services().identifier
    return challenge(second_factors.begin_passkey(means, _signed_in(), relying_party()))


def challenge(ceremony: Ceremony) -> Response:
    """Answer with a question for a passkey, for passkeys.js."""
    options = json.loads(ceremony.options_json)
    body = json.dumps({"challenge": ceremony.challenge_id, "options": options})
    return Response(body, content_type="application/json")


def _signed_in() -> Actor:
    services = current_services()
    with services.database.reading() as db:
        signed_in = visitor(db, now=services.clock.now())
    if signed_in is None:
        raise InventoryError(
            ErrorCode.NOT_SIGNED_IN, "You are signed out. Sign in, then sign."
        )
    return signed_in.actor
