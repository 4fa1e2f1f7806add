"""An organisation's sign-in on loopback, by OpenID Connect; it can misbehave.

It keeps to the specification unless a test changes what it says: `claims`, `header` and
`metadata` replace what they name, and leave out what they name as None.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inventory.kernel.clock import Clock
from inventory.single_sign_on.client import Client

REDIRECT_URI = "http://localhost/sign-in/organisation/answer"
_WELL_KNOWN = "/.well-known/openid-configuration"
_POLLED_EVERY_S = 0.01


@cache
def key(number: int = 1) -> RSAPrivateKey:
    """Give a private key; the second one is nobody's, until keys change."""
    assert number in (1, 2)
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(kw_only=True)
class IdentityProvider:
    """The provider, and what it says.

    Attributes:
        clock: its time.
        subject: who is in front of the browser.
        signed_in_at: since when they are signed in there.
        redirect_uri: where it sends people back to.
        takes_prompt: whether it lets people sign in anew when it is asked to.
        algorithm: by which it signs: RS256, HS256 with its public key, or none.
        key_number: which of its keys signs.
        shown_keys: which keys it shows.
        claims, header, metadata: what it says differently.
        names_itself: what it says in `iss` of an answer.
        takes_basic: whether we prove ourselves in a header, or in the body.
        has_moved: whether it sends whoever asks about it elsewhere.
        says_instead: what it says about itself instead of anything of use.
        hangs: if it is set, questions wait until the provider is closed.
        asked: paths of the questions it got.
        given: the tokens it gave.
    """

    clock: Clock
    subject: str = "p.pharmacist"
    signed_in_at: datetime
    redirect_uri: str = REDIRECT_URI
    takes_prompt: bool = True
    algorithm: str = "RS256"
    key_number: int = 1
    shown_keys: tuple[int, ...] = (1,)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    names_itself: str | None = None
    takes_basic: bool = True
    has_moved: bool = False
    says_instead: Any = None
    hangs: bool = False
    asked: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        self.client_secret = secrets.token_urlsafe()
        self._codes: dict[str, dict[str, str]] = {}
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = False
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[_POLLED_EVERY_S]
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Answer nothing any more."""
        if self.closing.is_set():
            return
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def client(self) -> Client:
        """Countersign as the provider knows it."""
        return Client(
            issuer=self.issuer,
            client_id="countersign",
            client_secret=self.client_secret,
            redirect_uri=self.redirect_uri,
        )

    def described(self) -> dict[str, Any]:
        """What it says about itself."""
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/sign-out",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return _changed(said, self.metadata)

    def keys(self) -> dict[str, Any]:
        """Its public keys, and one of a kind that signs nothing."""
        encrypts = {"kty": "OKP", "use": "enc", "crv": "X25519", "x": "AA", "kid": "e"}
        return {"keys": [encrypts, *map(_public_key, self.shown_keys)]}

    def code_for(self, asked: Mapping[str, str]) -> str:
        """Let the person in front of the browser answer; gives where they go on."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client.client_id
        assert asked["redirect_uri"] == self.redirect_uri
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        anew = asked.get("prompt") == "login" and self.takes_prompt
        at = self.clock.now() if anew else self.signed_in_at
        self._codes[code] = {**asked, "auth_time": str(int(at.timestamp()))}
        answer = {"code": code, "state": asked["state"]}
        if self.names_itself:
            answer["iss"] = self.names_itself
        return f"{self.redirect_uri}?{urlencode(answer)}"

    def tokens_for(
        self, asked: Mapping[str, str], authorization: str
    ) -> dict[str, Any] | None:
        """Redeem a code, once, by whoever can prove that it is theirs."""
        known = self._codes.pop(asked.get("code", ""), None)
        if not self._is_ours(asked, authorization) or known is None:
            return None
        challenge = _b64(hashlib.sha256(asked["code_verifier"].encode()).digest())
        if (
            known["code_challenge"] != challenge
            or asked["redirect_uri"] != self.redirect_uri
        ):
            return None
        access_token = secrets.token_urlsafe()
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": known["nonce"],
            "auth_time": int(known["auth_time"]),
            "at_hash": _b64(hashlib.sha256(access_token.encode()).digest()[:16]),
        }
        id_token = self._signed(_changed(claims, self.claims))
        self.given += [access_token, id_token]
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": id_token,
        }

    def _is_ours(self, asked: Mapping[str, str], authorization: str) -> bool:
        if not self.takes_basic:
            return asked.get("client_secret") == self.client_secret
        own = f"{self.client.client_id}:{self.client_secret}".encode()
        return authorization == f"Basic {base64.b64encode(own).decode()}"

    def _signed(self, claims: dict[str, Any]) -> str:
        said = {"alg": self.algorithm, "typ": "JWT", "kid": str(self.key_number)}
        header = _changed(said, self.header)
        text = f"{_b64(_json(header))}.{_b64(_json(claims))}"
        return f"{text}.{_b64(self._signature(text.encode()))}"

    def _signature(self, text: bytes) -> bytes:
        own = key(self.key_number)
        if self.algorithm == "RS256":
            return own.sign(text, PKCS1v15(), SHA256())
        if self.algorithm == "HS256":
            shown = own.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            )
            return hmac.digest(shown, text, "sha256")
        return b""


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.provider.asked.append(url.path)
        if self.provider.hangs:
            self.provider.closing.wait()
        if url.path == _WELL_KNOWN and self.provider.has_moved:
            self._see(f"{self.provider.issuer}/moved")
        elif url.path in (_WELL_KNOWN, "/moved"):
            self._answer(200, self.provider.says_instead or self.provider.described())
        elif url.path == "/keys":
            self._answer(200, self.provider.keys())
        elif url.path == "/authorize":
            self._see(self.provider.code_for(_fields(url.query)))
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        if self.provider.hangs:
            self.provider.closing.wait()
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        authorization = self.headers.get("Authorization", "")
        tokens = self.provider.tokens_for(_fields(sent), authorization)
        if tokens is None:
            self._answer(400, {"error": "invalid_grant"})
        else:
            self._answer(200, tokens)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, said: Any) -> None:
        body = _json(said)
        with suppress(ConnectionError):  # nobody waits any more
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _see(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _public_key(number: int) -> dict[str, str]:
    numbers = key(number).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": str(number),
        "n": _b64(numbers.n.to_bytes(256)),
        "e": _b64(numbers.e.to_bytes(3)),
    }


def _changed(said: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {n: value for n, value in {**said, **changes}.items() if value is not None}


def _fields(query: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(query).items()}


def _json(said: Any) -> bytes:
    return json.dumps(said).encode()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
