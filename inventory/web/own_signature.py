"""The inputs by which a person who is signed in signs what a form says.

A form that is signed takes `OwnSignature` among its fields and is declared with
`acts(..., signs=True)`. The first signature of a sign-in uses all components of the
credential, later ones at least one (21 CFR 11.200(a)(1)(i)).
"""

from typing import Any, ClassVar, Final

from flask import Flask, g
from marshmallow import Schema

from inventory.credentials.factors import OwnFactors, list_factors
from inventory.credentials.presented import Given, PasskeyAnswer
from inventory.web.fields import Secret
from inventory.web.services import current_services
from inventory.web.visitors import network, relying_party

CODE_LENGTH_MAX: Final = 64


class Code(Secret):
    """A code of an authenticator, or a recovery code; blanks and hyphens are read."""

    LENGTH_MAX: ClassVar = CODE_LENGTH_MAX


class PasskeyText(Secret):
    """What a passkey answered, as JSON, or the challenge that it answers."""

    LENGTH_MAX: ClassVar = 16 * 1024


class OwnSignature(Schema):
    """What the person gives: a password, a code, or a passkey."""

    own_password = Secret()
    own_code = Code()
    own_passkey = PasskeyText()
    own_challenge = PasskeyText()


def register(app: Flask) -> None:
    """Let every form ask for what its signer has."""
    app.add_template_global(own_means)


def own_means() -> OwnFactors:
    """Give what whoever is signed in can sign with."""
    with current_services().database.reading() as db:
        return list_factors(db, g.actor.id)


def given_in(fields: dict[str, Any]) -> Given:
    """Take the signature out of the fields of a form."""
    password = fields.pop("own_password", None)
    code = fields.pop("own_code", None)
    passkey = passkey_answer(
        fields.pop("own_passkey", None), fields.pop("own_challenge", None)
    )
    return Given(password=password, code=code, passkey=passkey, network=network())


def passkey_answer(
    assertion: str | None, challenge: str | None
) -> PasskeyAnswer | None:
    """Give what a passkey answered, if one was asked."""
    if not assertion or not challenge:
        return None
    return PasskeyAnswer(
        assertion_json=assertion, challenge_id=challenge, party=relying_party()
    )
