"""Speaks OpenID Connect with one provider: discovery, code with PKCE, ID token.

The only module that needs the optional packages. What comes back over the network is
limited in time and size, and believed only when everything about it is right. Of the
tokens the ID token alone is looked at; none is kept.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from inventory.kernel.clock import Clock
from inventory.single_sign_on import rules
from inventory.single_sign_on.client import (
    Asked,
    Client,
    Identity,
    ProviderError,
    Trouble,
)
from inventory.single_sign_on.metadata import Metadata
from inventory.single_sign_on.network import TIMEOUT_S, Network
from inventory.single_sign_on.rules import SKEW, DisbeliefError

# Signed with a private key that only the provider has: "none" and HMAC are no proof.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_KEY_TYPES: Final = ("RSA", "EC")
# Metadata and keys change rarely; a key that is not known is looked for at once, but
# not for every token that names one.
KEPT_FOR: Final = timedelta(hours=1)
LOOKED_FOR_EVERY: Final = timedelta(minutes=1)

# What is raised by JSON of another shape than the specification's.
_MALFORMED: Final = (AttributeError, KeyError, TypeError, ValueError)


@final
class OpenIDProvider:
    """The organisation's sign-in."""

    def __init__(
        self, client: Client, *, clock: Clock, timeout_s: int = TIMEOUT_S
    ) -> None:
        """Name the provider; it is asked nothing yet.

        Args:
            client: this service as the provider knows it.
            clock: tells how old an answer is.
            timeout_s: for each question to it.
        """
        self._client = client
        self._clock = clock
        self._network = Network(timeout_s)
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, asked: Asked) -> str:
        """Give the address there at which a person answers."""
        metadata = self._current_metadata()
        with self._session(metadata) as session:
            address, _ = session.create_authorization_url(
                metadata.authorization_endpoint,
                state=asked.state,
                code_verifier=asked.verifier,
                nonce=asked.nonce,
                **_freshness(asked),
            )
        return str(address)

    def believe(self, asked: Asked, answer: Mapping[str, Any]) -> Identity:
        """Redeem an answer for an identity, and check all of it."""
        metadata = self._current_metadata()
        said = answer.get("iss")
        if said != self._client.issuer and (said or metadata.names_itself):
            raise ProviderError(Trouble.UNTRUSTED, "another issuer answered")
        try:
            tokens = self._redeemed(metadata, asked, str(answer.get("code", "")))
            return self._identity(metadata, asked, tokens)
        except DisbeliefError as error:
            raise ProviderError(Trouble.UNTRUSTED, f"claim {error}") from error
        except (JoseError, AuthlibBaseError, *_MALFORMED) as error:
            why = type(error).__name__
            raise ProviderError(Trouble.UNTRUSTED, why) from error

    def sign_out_address(self) -> str | None:
        """Give the address there at which a person signs out, if there is one."""
        metadata = self._current_metadata()
        return metadata.sign_out_address(self._client.client_id)

    def _session(self, metadata: Metadata) -> Any:
        return OAuth2Session(
            client_id=self._client.client_id,
            client_secret=self._client.client_secret,
            redirect_uri=self._client.redirect_uri,
            scope="openid",
            code_challenge_method="S256",
            token_endpoint_auth_method=metadata.auth_method,
        )

    def _redeemed(self, metadata: Metadata, asked: Asked, code: str) -> dict[str, Any]:
        def redeem() -> dict[str, Any]:
            with self._session(metadata) as session:
                self._network.limit(session)
                return dict(
                    session.fetch_token(
                        metadata.token_endpoint,
                        grant_type="authorization_code",
                        code=code,
                        code_verifier=asked.verifier,
                        timeout=self._network.timeout_s,
                        stream=True,
                    )
                )

        return self._network.run(redeem)

    def _identity(
        self, metadata: Metadata, asked: Asked, tokens: dict[str, Any]
    ) -> Identity:
        """Check an ID token; its signature before anything it says."""
        now = self._clock.now()
        token = self._verified(metadata, tokens.get("id_token"))
        rules.require_id_token(token.header)
        CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": self._client.issuer}},
            {
                "nonce": asked.nonce,
                "client_id": self._client.client_id,
                "access_token": tokens.get("access_token"),
            },
        ).validate(now=int(now.timestamp()), leeway=SKEW.seconds)
        rules.require_own_audience(token.claims, self._client.client_id)
        auth_time = rules.auth_time_of(
            token.claims, asked_at=asked.asked_at, anew=asked.anew, now=now
        )
        return Identity(
            issuer=self._client.issuer,
            subject=rules.subject_of(token.claims),
            auth_time=auth_time,
            factors=rules.factors_of(token.claims),
        )

    def _verified(self, metadata: Metadata, id_token: Any) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        if not isinstance(id_token, str):
            raise DisbeliefError("id_token")
        try:
            keys = self._current_keys(metadata, KEPT_FOR)
            return jwt.decode(id_token, keys, registry=registry)
        except InvalidKeyIdError:
            keys = self._current_keys(metadata, LOOKED_FOR_EVERY)
            return jwt.decode(id_token, keys, registry=registry)

    def _current_metadata(self) -> Metadata:
        now = self._clock.now()
        if self._metadata is None or self._metadata[0] + KEPT_FOR <= now:
            issuer = self._client.issuer
            said = self._network.fetch(Metadata.address(issuer))
            self._metadata = now, Metadata.read(said, issuer)
        return self._metadata[1]

    def _current_keys(self, metadata: Metadata, age_max: timedelta) -> KeySet:
        now = self._clock.now()
        if self._keys is None or self._keys[0] + age_max <= now:
            said = self._network.fetch(metadata.jwks_uri)
            self._keys = now, KeySet.import_key_set({"keys": _signing(said)})
        return self._keys[1]


def _freshness(asked: Asked) -> dict[str, Any]:
    """Ask for the instant of the sign-in there, and for one that is recent enough."""
    if asked.anew:
        return {"prompt": "login", "max_age": 0}
    return {"max_age": rules.SIGN_IN_AGE_MAX.seconds}


def _signing(said: Mapping[str, Any]) -> list[Any]:
    """Pick the keys that can have signed; a provider may have others of any kind."""
    return [
        key
        for key in said["keys"]
        if key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"
    ]
