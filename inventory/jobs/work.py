"""What is always being done beside the service: signing, handing out, watching."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from inventory.db import Database
from inventory.emergency.overdue import alert_overdue_reviews, overdue_reviews
from inventory.evidence.keys import LogKeys
from inventory.evidence.witnesses.backlog import overdue
from inventory.evidence.witnesses.witness import Witness
from inventory.guard.watch import watch
from inventory.jobs.checkpoint import run_checkpoints
from inventory.kernel.clock import Clock
from inventory.kernel.errors import InventoryError

# A changed trigger or right is an alarm within the minute (assurance S3, P22).
WATCH_EVERY: Final = timedelta(seconds=60)


class Worker:
    """Does what is due, a round at a time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        keys: LogKeys,
        witnesses: Sequence[Witness] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._witnesses = witnesses
        self._watched_at: datetime | None = None

    def round(self) -> list[str]:
        """Do one round; give what the administrator should read.

        A database that does not answer is told, and tried again in the next round.
        """
        try:
            return [*self._checkpoints(), *self._watch(), *self._reviews()]
        except (SQLAlchemyError, InventoryError) as error:
            return [f"This round was not finished: {error}"]

    def _checkpoints(self) -> Iterator[str]:
        runs = run_checkpoints(
            self._database, self._clock, keys=self._keys, witnesses=self._witnesses
        )
        yield from (str(run) for run in runs if run.made or run.is_alarming)
        with self._database.reading() as db:
            late = overdue(db, self._witnesses, clock=self._clock)
        yield from map(str, late)

    def _watch(self) -> Iterator[str]:
        now = self._clock.now()
        if self._watched_at is not None and now - self._watched_at < WATCH_EVERY:
            return
        self._watched_at = now
        look = watch(self._database, self._clock)
        if look.is_alarming:
            yield "The schema is not as released: see countersign db watch."

    def _reviews(self) -> Iterator[str]:
        now = self._clock.now()
        with self._database.reading() as db:
            if not overdue_reviews(db, now):
                return
        with self._database.transaction() as db:
            late = alert_overdue_reviews(db, now)
        for access_id in late:
            yield f"Emergency access {access_id} has not been reviewed for a day."
