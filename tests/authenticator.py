"""A passkey in software: a device of WebAuthn, as far as its answers go.

Built from the specification (WebAuthn Level 2, 6.1 and 6.5.4), not from the library
that checks it.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inventory.credentials.identified import Ceremony
from inventory.credentials.presented import PasskeyAnswer, RelyingParty

PARTY = RelyingParty(id="clinic.example", origin="https://clinic.example")

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_COORDINATE_BYTES = 32

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def new_key(algorithm: str) -> Key:
    """Make a key of one of the algorithms a device may choose."""
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class SoftwarePasskey:
    """One passkey on one device.

    Attributes:
        key: its private key.
        counts: whether it counts its signatures; many devices do not.
        verifies: whether it asks its user who they are.
    """

    key: Key = field(default_factory=lambda: new_key("ES256"))
    counts: bool = False
    verifies: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes | None = None

    def create(
        self, ceremony: Ceremony, *, party: RelyingParty = PARTY
    ) -> PasskeyAnswer:
        """Answer a question of registration."""
        options = json.loads(ceremony.options_json)
        self.user_handle = _decoded(options["user"]["id"])
        client_data = _client_data("webauthn.create", options["challenge"], party)
        attested = (
            bytes(16)
            + len(self.credential_id).to_bytes(2)
            + self.credential_id
            + cbor2.dumps(self._cose())
        )
        authenticator_data = self._data(party, extra=_ATTESTED) + attested
        attestation = {"fmt": "none", "attStmt": {}, "authData": authenticator_data}
        response = {
            "clientDataJSON": _encoded(client_data),
            "attestationObject": _encoded(cbor2.dumps(attestation)),
        }
        return self._answer(ceremony, response, party)

    def get(self, ceremony: Ceremony, *, party: RelyingParty = PARTY) -> PasskeyAnswer:
        """Answer a question of a sign-in or a signature."""
        if self.counts:
            self.count += 1
        options = json.loads(ceremony.options_json)
        client_data = _client_data("webauthn.get", options["challenge"], party)
        authenticator_data = self._data(party)
        signed = authenticator_data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": _encoded(client_data),
            "authenticatorData": _encoded(authenticator_data),
            "signature": _encoded(self._sign(signed)),
            "userHandle": _encoded(self.user_handle) if self.user_handle else None,
        }
        return self._answer(ceremony, response, party)

    def _answer(
        self, ceremony: Ceremony, response: dict[str, Any], party: RelyingParty
    ) -> PasskeyAnswer:
        credential = {
            "id": _encoded(self.credential_id),
            "rawId": _encoded(self.credential_id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
        return PasskeyAnswer(
            assertion_json=json.dumps(credential),
            challenge_id=ceremony.challenge_id,
            party=party,
        )

    def _data(self, party: RelyingParty, *, extra: int = 0) -> bytes:
        flags = _PRESENT | extra | (_VERIFIED if self.verifies else 0)
        site = hashlib.sha256(party.id.encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4)

    def _cose(self) -> dict[int, Any]:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            point = self.key.public_key().public_numbers()
            x, y = (each.to_bytes(_COORDINATE_BYTES) for each in (point.x, point.y))
            return {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        if isinstance(self.key, rsa.RSAPrivateKey):
            numbers = self.key.public_key().public_numbers()
            n = numbers.n.to_bytes(self.key.key_size // 8)
            return {1: 3, 3: -257, -1: n, -2: numbers.e.to_bytes(3)}
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {1: 1, 3: -8, -1: 6, -2: raw}

    def _sign(self, signed: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(signed, ec.ECDSA(SHA256()))
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(signed, padding.PKCS1v15(), SHA256())
        return self.key.sign(signed)


def _client_data(kind: str, challenge: str, party: RelyingParty) -> bytes:
    data = {"type": kind, "challenge": challenge, "origin": party.origin}
    return json.dumps({**data, "crossOrigin": False}).encode()


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
