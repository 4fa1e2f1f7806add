"""A cap on how many passwords are checked at once.

One check takes a core for a quarter second on purpose: without a
cap, a burst of bad sign-ins would stop the clinic from recording.
"""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final

from inventory.credentials.passwords import Passwords

AT_ONCE_MAX: Final = 2


@dataclass(frozen=True, slots=True)
class CappedPasswords(Passwords):
    """Passwords of which a process checks few at a time; the rest wait their turn."""

    turn: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(AT_ONCE_MAX)
    )

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password is the one that was hashed."""
        with self.turn:
            return Passwords.matches(self, password_hash, password)


def capped(passwords: Passwords) -> CappedPasswords:
    """Put the cap on a hasher."""
    return CappedPasswords(passwords.hasher, passwords.decoy)
