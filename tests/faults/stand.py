"""What a trial stands on: the service as it is deployed, two books, eight programs."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event
from typing import Final

from inventory.db import Database
from inventory.programs.commands import IssueToken, issue_token
from tests.bench.served import Served
from tests.bench.sites import open_sites
from tests.bench.ward import stock_ward
from tests.clinic import Clinic
from tests.faults.oracle import Found, compare, count_events
from tests.faults.processes import children_of, kill
from tests.faults.program import Desk, Program, Tally

PROGRAMS: Final = 8
BOOKS: Final = 2
_STDERR: Final = 2


class Service(Served):
    """The service under gunicorn; its workers can be killed."""

    def __init__(self, database_url: str, *, data: Path) -> None:
        """Start it; what it says about its wounds goes to a file beside its data."""
        with _stderr_into(data / "service.log"):
            super().__init__(database_url, data=data)

    def kill_worker(self, chance: Random) -> None:
        """Kill one of its workers amid whatever it does."""
        kill([chance.choice(children_of(self._process.pid))])


class Stand:
    """Books over which programs post through the service."""

    def __init__(self, database_url: str, *, data: Path) -> None:
        self._database = Database(database_url)
        sites = open_sites(self._database, books=BOOKS)
        self._desks = [desk for site in sites for desk in _desks(site)]
        self._before = count_events(self._database)
        self._database.dispose()  # nothing of it is open while servers die
        self.tally = Tally()
        self.service = Service(database_url, data=data)

    @contextmanager
    def programs(
        self, chance: Random, *, address: str = "", one_key: bool = True
    ) -> Iterator[None]:
        """Let the programs work, until the block ends and each has its outcome.

        Raises:
            GaveUpError: a program had no outcome for too long.
        """
        stop = Event()
        with ThreadPoolExecutor(PROGRAMS) as threads:
            working: list[Future[None]] = []
            for number, desk in enumerate(self._desks):
                program = Program(
                    f"TRIAL-{number}",
                    desk.at(address or self.service.address),
                    self.tally,
                    Random(chance.random()),  # noqa: S311 - no secret
                    one_key=one_key,
                )
                working.append(threads.submit(program.work, stop))
            try:
                yield
            finally:
                stop.set()
        for each in working:
            each.result()

    def compare(self) -> Found:
        """Compare the books with what the programs were told."""
        return compare(self._database, self.tally.acks, before=self._before)

    def close(self) -> None:
        """End the service and let go of the database."""
        self.service.stop()
        self._database.dispose()


def _desks(site: Clinic) -> Iterator[Desk]:
    token = _issue_token(site)
    for vial in stock_ward(site, vials=PROGRAMS // BOOKS).vials:
        yield Desk(
            address="",
            registration_id=site.registration_id,
            clinician_id=site.clinician.id,
            container_id=vial,
            token=token,
        )


def _issue_token(site: Clinic) -> str:
    command = IssueToken(person_id=site.clinician.id, label="trial", valid_days=1)
    with site.database.transaction() as db:
        issued = issue_token(db, command, actor=site.clinician, clock=site.clock)
    return issued.secret


@contextmanager
def _stderr_into(path: Path) -> Iterator[None]:
    """Give processes that are started here another place for their errors."""
    saved = os.dup(_STDERR)
    with path.open("ab") as log:
        os.dup2(log.fileno(), _STDERR)
    try:
        yield
    finally:
        os.dup2(saved, _STDERR)
        os.close(saved)
