"""Turns: a cap on how much of what costs a lot is done at once (concepts, security).

A sign-in takes a core for tens of milliseconds on purpose, a printed ledger seconds:
without a cap, a burst of either would keep the clinic from recording.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from inventory.kernel.errors import ErrorCode, InventoryError


class Turns:
    """Of which a process gives few at a time."""

    def __init__(self, at_once: int, *, wait_s: float, busy: str) -> None:
        """Make turns.

        Args:
            at_once: how many are given at a time.
            wait_s: how long to wait for one, in seconds.
            busy: what somebody is told who has waited in vain, with the way out.
        """
        self._free = BoundedSemaphore(at_once)
        self._wait_s = wait_s
        self._busy = busy

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take a turn, waiting for one if need be.

        Raises:
            InventoryError: BUSY, where none is free for too long.
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise InventoryError(ErrorCode.BUSY, self._busy)
        try:
            yield
        finally:
            self._free.release()
