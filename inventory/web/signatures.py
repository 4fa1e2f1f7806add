"""How programs carry signatures: that of a second person, and the author's own.

A token says which program speaks for somebody; it is no second component. An author
who gives password and code with an entry signs it with all components, because a
program has no sign-in in which an earlier signature could count (21 CFR
11.200(a)(1)(i)).
"""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, fields

from inventory.credentials.identified import Identified
from inventory.credentials.presented import Given, Presented
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor
from inventory.web.fields import Secret, Text
from inventory.web.own_signature import Code
from inventory.web.services import Services
from inventory.web.visitors import network

SIGNATURE: Final = "signature"
# What a second person gives; never part of what is kept.
SECRETS: Final = ("password", "code")

_NAME_LENGTH_MAX: Final = 100


class SecondPerson(Schema):
    """A second person's own credential: name, password, and code of who has one."""

    sign_in_name = Text(max_length=_NAME_LENGTH_MAX, required=True)
    password = Secret(required=True)
    code = Code(metadata={"description": "Of whoever has a second factor."})


class OwnCredentialSchema(Schema):
    """The author's own password and code."""

    password = Secret(required=True)
    code = Code(metadata={"description": "Of whoever has a second factor."})


class SignedByAuthor(Schema):
    """The fields of an entry that its author may sign with more than a token."""

    signature = fields.Nested(
        OwnCredentialSchema,
        metadata={"description": "Where the rules of the site ask for more."},
    )


def presented_in(given: Mapping[str, Any]) -> Presented:
    """Take a second person's credential out of loaded fields."""
    return Presented(
        sign_in_name=given["sign_in_name"],
        password=given["password"],
        code=given.get("code"),
        network=network(),
    )


def signed_by_author(
    services: Services, actor: Actor, given: Mapping[str, Any]
) -> Identified:
    """Let the author sign, with all components.

    Raises:
        InventoryError: SIGNATURE_NEEDED, SIGNATURE_NOT_PROVEN, TOO_MANY_ATTEMPTS.
    """
    first_and_only = SignedIn(
        actor=actor, sign_in_id="", wants_note=False, signed_at=None
    )
    own = Given(password=given["password"], code=given.get("code"), network=network())
    return services.identifier.confirm(actor, own, first_and_only)
