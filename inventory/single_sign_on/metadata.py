"""What a provider says about itself (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from config.single_sign_on import is_private
from inventory.single_sign_on.client import ProviderError, Trouble

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_BASIC, _POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What of it we use.

    Attributes:
        authorization_endpoint: where people sign in.
        token_endpoint: where a code is redeemed.
        jwks_uri: where its keys are.
        end_session_endpoint: where people sign out, if they can by a link.
        auth_method: how we prove ourselves at the token endpoint.
        names_itself: whether each answer says who answers (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    auth_method: str
    names_itself: bool

    @staticmethod
    def address(issuer: str) -> str:
        """Give where it stands."""
        return issuer.rstrip("/") + _WELL_KNOWN

    @classmethod
    def read(cls, said: Mapping[str, Any], issuer: str) -> Self:
        """Read it, if it is the issuer's own.

        Raises:
            ProviderError: UNTRUSTED when it names another issuer, or an address that
                others on the way could read.
        """
        if said.get("issuer") != issuer:
            raise ProviderError(Trouble.UNTRUSTED, "metadata of another issuer")
        methods = said.get("token_endpoint_auth_methods_supported") or [_BASIC]
        has_sign_out = said.get("end_session_endpoint") is not None
        return cls(
            authorization_endpoint=_endpoint(said, "authorization_endpoint"),
            token_endpoint=_endpoint(said, "token_endpoint"),
            jwks_uri=_endpoint(said, "jwks_uri"),
            end_session_endpoint=(
                _endpoint(said, "end_session_endpoint") if has_sign_out else None
            ),
            auth_method=_POST if _BASIC not in methods and _POST in methods else _BASIC,
            names_itself=bool(
                said.get("authorization_response_iss_parameter_supported")
            ),
        )

    def sign_out_address(self, client_id: str) -> str | None:
        """Give where a person signs out (OpenID Connect RP-Initiated Logout 1.0)."""
        if self.end_session_endpoint is None:
            return None
        joint = "&" if "?" in self.end_session_endpoint else "?"
        asked = urlencode({"client_id": client_id})
        return f"{self.end_session_endpoint}{joint}{asked}"


def _endpoint(said: Mapping[str, Any], name: str) -> str:
    address = said.get(name)
    try:
        if isinstance(address, str) and is_private(urlsplit(address)):
            return address
    except ValueError:
        pass
    raise ProviderError(Trouble.UNTRUSTED, f"{name} is no address to trust")
