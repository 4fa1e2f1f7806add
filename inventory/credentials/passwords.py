"""Passwords: hashed with argon2id, never stored, never compared by hand."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST

from inventory.credentials.strength import require_acceptable

# OWASP's least with two passes: 19 MiB, one lane. A burst of checks stays cheap.
_OWASP: Final = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """A password that was weighed and hashed, ready to be set."""

    hash: str = field(repr=False)
    length: int


@dataclass(frozen=True, slots=True)
class Passwords:
    """A password hasher of one cost.

    `decoy` is checked when there is nothing to check, so that a wrong name takes as
    long as a wrong password (threat T22).
    """

    hasher: PasswordHasher
    decoy: str = field(repr=False)

    def prepare(
        self,
        password: str,
        *,
        beside_second_factor: bool,
        context: Collection[str],
        field: str = "password",
    ) -> NewPassword:
        """Weigh and hash a new password; outside of any transaction: it takes time.

        Args:
            password: as typed.
            beside_second_factor: whether the person has a second factor.
            context: words an attacker would try first: names, the clinic's name.
            field: the input at fault, if it is refused.

        Raises:
            InventoryError: INVALID_FIELD.
        """
        require_acceptable(
            password,
            beside_second_factor=beside_second_factor,
            context=context,
            field=field,
        )
        return NewPassword(hash=self.hash(password), length=len(password))

    def hash(self, password: str) -> str:
        """Hash a password."""
        return self.hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password is the one that was hashed."""
        try:
            self.hasher.verify(password_hash or self.decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def needs_renewal(self, password_hash: str) -> bool:
        """Tell whether a hash was made at another cost than the present one."""
        return self.hasher.check_needs_rehash(password_hash)


def strong_passwords() -> Passwords:
    """Give the hasher for real use."""
    return _of(_OWASP)


def cheap_passwords() -> Passwords:
    """Give a hasher for tests, where nobody's password is worth the wait."""
    return _of(PasswordHasher.from_parameters(CHEAPEST))


def _of(hasher: PasswordHasher) -> Passwords:
    return Passwords(hasher, hasher.hash("nobody has this password"))
