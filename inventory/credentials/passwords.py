"""Passwords: hashed with argon2id, never stored, never compared by hand."""

from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from inventory.kernel.errors import ErrorCode, InventoryError

# NIST SP 800-63B-4: 15 characters where the password is the only factor.
LENGTH_MIN: Final = 15
LENGTH_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Passwords:
    """A password hasher of one cost.

    `decoy` is checked when nobody has the name, so that a wrong name takes as long as
    a wrong password (threat T22).
    """

    hasher: PasswordHasher
    decoy: str

    def hash(self, password: str, *, field: str = "password") -> str:
        """Hash a new password.

        Raises:
            InventoryError: INVALID_FIELD when it is too short or too long.
        """
        if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
            raise InventoryError(
                ErrorCode.INVALID_FIELD,
                f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters. "
                "Three or four unrelated words are easy to keep.",
                field=field,
            )
        return self.hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password is the one that was hashed."""
        try:
            self.hasher.verify(password_hash or self.decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


def strong_passwords() -> Passwords:
    """Give the hasher for real use: RFC 9106's low-memory profile, 64 MiB."""
    return _of(PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))


def cheap_passwords() -> Passwords:
    """Give a hasher for tests, where nobody's password is worth a quarter second."""
    return _of(PasswordHasher.from_parameters(CHEAPEST))


def _of(hasher: PasswordHasher) -> Passwords:
    return Passwords(hasher, hasher.hash("nobody has this password"))
