"""A passkey's signature over exactly one entry, checked from the entry alone. PURE.

A device signs a challenge (WebAuthn Level 2, 7.2). Ours is the SHA-256 of a random salt
and the entry's digest, so the signature is over this entry and no other. Whoever has
the book can check it: nothing is looked up.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

PARTS: Final = (
    "credential_id",
    "authenticator_data",
    "client_data_json",
    "signature",
    "public_key",
    "salt",
)
_DIGEST_BYTES: Final = 32
# What bytes raise that are no signature at all.
_NO_SIGNATURE: Final = (
    KeyError,
    TypeError,
    ValueError,
    RecursionError,
    UnsupportedAlgorithm,
)
# Authenticator data: 32 bytes of the site's hash, then the flags.
_FLAGS_AT: Final = 32
_USER_VERIFIED: Final = 0x04


def challenge_for(salt: bytes, digest: str) -> bytes:
    """Give what a device signs for an entry.

    Args:
        salt: 32 random bytes, so that no two challenges are alike.
        digest: SHA-256, hex, of the entry.
    """
    return hashlib.sha256(salt + bytes.fromhex(digest)).digest()


def encode(part: bytes) -> str:
    """Write bytes as base64url without padding, as WebAuthn does."""
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def decode(part: str) -> bytes:
    """Read base64url without padding.

    Raises:
        ValueError: it is none, or not in its one canonical form.
    """
    raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if encode(raw) != part:
        raise ValueError("not canonical base64url")
    return raw


def check_assertion(proof: Mapping[str, Any]) -> bool:
    """Tell whether a stored signature is by its key, over exactly its digest.

    Args:
        proof: a signature as it stands in an entry, with `digest` and `assertion`: the
            six `PARTS`, base64url; `public_key` is a SubjectPublicKeyInfo. ES256,
            EdDSA (Ed25519) and RS256 are known.
    """
    try:
        parts = {name: decode(proof["assertion"][name]) for name in PARTS}
        digest = proof["digest"]
        if len(bytes.fromhex(digest)) != _DIGEST_BYTES:
            return False
        client_data = json.loads(parts["client_data_json"])
        asked = challenge_for(parts["salt"], digest)
        if client_data["type"] != "webauthn.get":
            return False
        if client_data["challenge"] != encode(asked):
            return False
        return _is_verified(parts) and _is_signed(parts)
    except _NO_SIGNATURE:
        return False


def _is_verified(parts: Mapping[str, bytes]) -> bool:
    """Tell whether the device asked its user who they are."""
    authenticator_data = parts["authenticator_data"]
    return (
        len(authenticator_data) > _FLAGS_AT
        and authenticator_data[_FLAGS_AT] & _USER_VERIFIED != 0
    )


def _is_signed(parts: Mapping[str, bytes]) -> bool:
    key = load_der_public_key(parts["public_key"])
    client_data_hash = hashlib.sha256(parts["client_data_json"]).digest()
    signed = parts["authenticator_data"] + client_data_hash
    signature = parts["signature"]
    try:
        match key:
            case EllipticCurvePublicKey():
                key.verify(signature, signed, ECDSA(SHA256()))
            case Ed25519PublicKey():
                key.verify(signature, signed)
            case RSAPublicKey():
                key.verify(signature, signed, PKCS1v15(), SHA256())
            case _:
                return False
    except InvalidSignature:
        return False
    return True
