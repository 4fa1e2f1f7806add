"""Secrets that must be read again: sealed under a key that is not in the database.

AES-256-GCM, with a key of its own for each purpose (HKDF-SHA-256 from the secret key of
the settings). What is sealed is bound to its place, so that nobody who can write rows
moves one person's authenticator to another.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SecretKeyChangedError(Exception):
    """Something sealed does not open under this installation's secret key."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            f"A sealed {purpose} does not open. COUNTERSIGN_SECRET_KEY is another than "
            "the one it was sealed with, or the row was altered. Put the former key "
            "back, or reset the credentials of the people concerned."
        )


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals and opens under one secret key, and makes keyed hashes.

    Attributes:
        secret_key: that of the settings, at least 32 characters.
    """

    secret_key: str = field(repr=False)

    def seal(self, secret: bytes, *, purpose: str, place: str) -> str:
        """Seal a secret so that it opens for this purpose at this place only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(purpose)).encrypt(nonce, secret, place.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, purpose: str, place: str) -> bytes:
        """Open what was sealed.

        Raises:
            SecretKeyChangedError: it was sealed under another key, for another purpose
                or place, or altered.
        """
        try:
            raw = urlsafe_b64decode(sealed)
            nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return AESGCM(self._key(purpose)).decrypt(nonce, body, place.encode())
        except (ValueError, InvalidTag) as error:
            raise SecretKeyChangedError(purpose) from error

    def keyed_hash(self, text: str, *, purpose: str) -> bytes:
        """Hash what is too easily guessed for a bare hash (HMAC-SHA-256)."""
        return hmac.digest(self._key(purpose), text.encode(), "sha256")

    def _key(self, purpose: str) -> bytes:
        label = f"countersign {purpose}".encode()
        derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=label)
        return derived.derive(self.secret_key.encode())
