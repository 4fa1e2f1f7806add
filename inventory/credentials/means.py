"""What identification works with."""

from dataclasses import dataclass

from inventory.credentials.passwords import Passwords
from inventory.credentials.sealing import Sealing
from inventory.db import Database
from inventory.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Means:
    """The outside world of identification.

    Attributes:
        database: where people, factors and failures stand.
        passwords: hashes, and caps how many are checked at once.
        sealing: opens sealed secrets.
        clock: the time.
    """

    database: Database
    passwords: Passwords
    sealing: Sealing
    clock: Clock
