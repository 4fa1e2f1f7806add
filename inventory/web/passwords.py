"""A cap on how many passwords are checked at once.

One check takes a core for tens of milliseconds on purpose: without a cap, a burst of
bad sign-ins would keep the clinic from recording.
"""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final

from inventory.credentials.passwords import Passwords

AT_ONCE_MAX: Final = 1


@dataclass(frozen=True, slots=True)
class CappedPasswords(Passwords):
    """Passwords of which a process checks few at a time; the rest wait their turn."""

    turn: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(AT_ONCE_MAX)
    )

    def hash(self, password: str) -> str:
        """Hash a password."""
        with self.turn:
            return Passwords.hash(self, password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password is the one that was hashed."""
        with self.turn:
            return Passwords.matches(self, password_hash, password)


def capped(passwords: Passwords) -> CappedPasswords:
    """Put the cap on a hasher."""
    return CappedPasswords(passwords.hasher, passwords.decoy)
