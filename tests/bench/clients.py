"""Many clients at once, in the shape the service is deployed in: processes of threads.

A single Python process would measure its own lock instead of the database.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from typing import Any, Final, Self, TypeVar

from inventory.db import Database
from tests.bench.databases import connect

PROCESSES: Final = 2

Share = TypeVar("Share")
Work = Callable[[str, Share], None]


class Clients:
    """Processes that stay up over all rounds, so that no round pays for their start.

    A client is always served by the same process, which may keep something for it.
    """

    def __init__(self) -> None:
        # Forked from a process without connections or threads, which has imported all.
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.bench.catalogue"])
        self._processes = [
            ProcessPoolExecutor(1, mp_context=context) for _ in range(PROCESSES)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.shutdown()

    def run(self, work: Work[Share], url: str, shares: Sequence[Share]) -> None:
        """Do `work(url, share)` for all clients at once; the first error is raised."""
        running = [
            process.submit(_in_threads, work, url, shares[number::PROCESSES])
            for number, process in enumerate(self._processes)
        ]
        for each in running:
            each.result()


@cache
def database_at(url: str) -> Database:
    """Give this process its database at an address."""
    return Database(url)


@cache
def connection_at(url: str, _client: int) -> Any:
    """Give a client of this process its bare connection to an address."""
    return connect(url)


def _in_threads(work: Work[Share], url: str, shares: Sequence[Share]) -> None:
    with ThreadPoolExecutor(len(shares)) as threads:
        list(threads.map(partial(work, url), shares))
