"""What is asked of a provider and what it answers, whoever speaks the protocol."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, Final, Protocol, cast

from config.settings import Settings
from inventory.kernel.clock import Clock

# The module that speaks the protocol stands on packages that are an optional extra, so
# nothing imports it but by name, when the settings ask for it.
_SPEAKER: Final = "inventory.single_sign_on.provider"
_STATE_BYTES: Final = 32
_VERIFIER_BYTES: Final = 48  # 64 characters; RFC 7636 wants 43 to 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """This service as the provider knows it.

    Attributes:
        issuer: the provider, by the address it calls itself.
        client_id: our name there.
        client_secret: by which we prove ourselves there.
        redirect_uri: where it sends people back to; never made from a request.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


def client_of(settings: Settings) -> Client | None:
    """Give what the settings say of single sign-on: all of it, or None."""
    issuer, client_id = settings.oidc_issuer, settings.oidc_client_id
    secret, redirect_uri = settings.oidc_client_secret, settings.oidc_redirect_uri
    if not issuer or not client_id or not secret or not redirect_uri:
        return None
    return Client(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        redirect_uri=redirect_uri,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to the provider: who is in front of this browser?

    Attributes:
        state: comes back with the answer; only the browser that asked has it.
        nonce: comes back in what the provider signs.
        verifier: without it nobody redeems the answer (RFC 7636).
        asked_at: when, by the server's clock, UTC.
        anew: whether the person has to sign in there again, whoever is signed in.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    asked_at: datetime
    anew: bool

    @classmethod
    def at(cls, now: datetime, *, nonce: str | None = None, anew: bool) -> "Asked":
        """Make a question; the nonce is random unless it binds the answer to more."""
        return cls(
            state=secrets.token_urlsafe(_STATE_BYTES),
            nonce=nonce or secrets.token_urlsafe(_STATE_BYTES),
            verifier=secrets.token_urlsafe(_VERIFIER_BYTES),
            asked_at=now,
            anew=anew,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the provider says it is.

    Attributes:
        issuer: the provider.
        subject: the person, as it never calls anybody else.
        auth_time: when they proved it there, UTC.
        factors: ("oidc",), or ("oidc", "mfa") if it says that it took more than one.
    """

    issuer: str
    subject: str
    auth_time: datetime
    factors: tuple[str, ...]


class Trouble(StrEnum):
    """Why a provider is of no use."""

    SILENT = "silent"  # it does not answer in time, or not at all
    UNTRUSTED = "untrusted"  # it answers what must not be believed


class ProviderError(Exception):
    """The provider did not show who it is; the message is for the log alone."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble = trouble


class Provider(Protocol):
    """An organisation's sign-in."""

    def address(self, asked: Asked) -> str:
        """Give the address there at which a person answers.

        Raises:
            ProviderError: SILENT, or UNTRUSTED.
        """

    def believe(self, asked: Asked, answer: Mapping[str, Any]) -> Identity:
        """Redeem an answer for an identity, and check all of it.

        Args:
            asked: the question.
            answer: what the browser brought back: `code`, and `iss` if it is given.

        Raises:
            ProviderError: SILENT, or UNTRUSTED.
        """

    def sign_out_address(self) -> str | None:
        """Give the address there at which a person signs out, if there is one.

        Raises:
            ProviderError: SILENT, or UNTRUSTED.
        """


def connect(client: Client, *, clock: Clock) -> Provider:
    """Give the provider of a client; it is asked nothing yet."""
    speaker = import_module(_SPEAKER)
    return cast("Provider", speaker.OpenIDProvider(client, clock=clock))
