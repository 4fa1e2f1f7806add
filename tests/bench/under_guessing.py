"""B20: what guessed passwords cost those who record (promise: at most 100 ms at p95).

The 95th percentile of a post over HTTP while fifty programs guess passwords, against
the same without them plus the tenth of a second that is allowed.
"""

import time
from http.client import HTTPConnection
from statistics import quantiles
from typing import Final

from inventory.db import Database
from tests.bench.bad_sign_ins import guessing_at
from tests.bench.databases import POSTGRESQL, Databases
from tests.bench.entries import Entry, entries_of, require_created
from tests.bench.measure import Figures, Scale
from tests.bench.over_http import token_for
from tests.bench.served import Served
from tests.bench.sites import open_sites
from tests.bench.ward import POSTS_PER_VISIT, stock_ward

ALLOWED_SECONDS: Final = 0.1
VIALS: Final = 4
TIMEOUT_SECONDS: Final = 30


def post_under_guessing(databases: Databases, scale: Scale) -> Figures:
    """Measure the p95 of posts, in seconds, with and without guesses, in turn."""
    url = databases.migrated(POSTGRESQL)
    database = Database(url)
    (site,) = open_sites(database, books=1)
    ward, token = stock_ward(site, vials=VIALS), token_for(site)
    served = Served(url, data=databases.folder)
    figures = Figures([], [])
    try:
        for number in range(1 + scale.rounds):
            first, second = (
                entries_of(ward.admit(scale.posts // POSTS_PER_VISIT), token)
                for _ in range(2)
            )
            quiet = _p95_seconds(served.address, first)
            with guessing_at(served.address):
                loud = _p95_seconds(served.address, second)
            if number:
                figures.ours.append(loud)
                figures.baseline.append(quiet + ALLOWED_SECONDS)
    finally:
        served.stop()
        database.dispose()
    return figures


def _p95_seconds(address: str, entries: list[Entry]) -> float:
    taken = []
    connection = HTTPConnection(address, timeout=TIMEOUT_SECONDS)
    for entry in entries:
        started = time.perf_counter()
        connection.request("POST", entry.path, entry.body, entry.headers)
        answer = connection.getresponse()
        require_created(answer.status, answer.read())
        taken.append(time.perf_counter() - started)
    connection.close()
    return quantiles(taken, n=20, method="inclusive")[-1]
