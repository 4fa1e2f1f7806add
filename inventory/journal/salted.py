"""A free text of an event: in the hashed bytes only its hash, under a salt. PURE.

What a person typed may have to be removed one day, from bytes that may never change. So
the bytes hold SHA-256(salt || text), which tells nothing without the salt, and text and
salt stand beside them.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SaltedText:
    """A text as it was typed, and the salt under which it is hashed."""

    text: str
    salt: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """What stands for the text in the bytes, in hex."""
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()


def salted(text: str) -> SaltedText:
    """Give a text a salt of its own."""
    return SaltedText(text, secrets.token_bytes(SALT_BYTES))
