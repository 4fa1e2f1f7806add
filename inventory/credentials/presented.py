"""What a person shows to prove who they are. Secrets never stand in a repr."""

from dataclasses import dataclass, field
from enum import StrEnum


class Factor(StrEnum):
    """What a person used; entries name it (21 CFR 11.200)."""

    PASSWORD = "password"  # noqa: S105 - the kind, no secret
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    OIDC = "oidc"
    TOKEN = "token"  # noqa: S105 - the kind, no secret
    SETUP_LINK = "setup_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """The address at which passkeys are made and used.

    Attributes:
        id: its host name, such as "clinic.example".
        origin: scheme, host and port as a browser names them.
    """

    id: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A name, a password and, of whoever has a second factor, a code.

    Attributes:
        sign_in_name: as typed.
        password: as typed.
        code: of the authenticator, or a recovery code.
        network: the address the request came from; "" on the command line.
    """

    sign_in_name: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAnswer:
    """What a browser answers to a challenge.

    Attributes:
        assertion_json: `PublicKeyCredential.toJSON()`, as JSON.
        challenge_id: that of the `Ceremony` it answers.
        party: the address the page was served at.
    """

    assertion_json: str = field(repr=False)
    challenge_id: str
    party: RelyingParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody who is signed in gives for a signature or a change of theirs.

    Attributes:
        password: their own, or None.
        code: of the authenticator, or a recovery code, or None.
        passkey: the answer to `Identifier.begin_signature`, or None.
        network: the address the request came from.
    """

    password: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    passkey: PasskeyAnswer | None = None
    network: str = ""
