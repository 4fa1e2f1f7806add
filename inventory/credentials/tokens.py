"""Random secrets: API tokens and sign-in cookies. Stored only as SHA-256."""

import hashlib
import secrets
from typing import Final

MARK: Final = "cst_"
SECRET_BYTES: Final = 32


def new_token() -> str:
    """Make a token of 256 random bits with a prefix that secret scanners can find."""
    return MARK + secrets.token_urlsafe(SECRET_BYTES)


def new_cookie_secret() -> str:
    """Make the secret that a signed-in browser keeps."""
    return secrets.token_urlsafe(SECRET_BYTES)


def fingerprint(secret: str) -> str:
    """Give what is stored instead of a secret.

    A fast hash is enough for 256 random bits: there is nothing to guess.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
