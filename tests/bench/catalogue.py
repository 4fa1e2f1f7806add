"""Every benchmark there is: what it measures, against what, and the target."""

from contextlib import closing
from typing import Final

from tests.bench import answer_times, statements
from tests.bench.benchmark import Benchmark
from tests.bench.clients import Clients
from tests.bench.databases import POSTGRESQL, SQLITE, Databases
from tests.bench.measure import Figures, Scale, Target, posts_per_second, seconds
from tests.bench.one_book import OneBookDuel
from tests.bench.over_http import HttpDuel
from tests.bench.posting import PostingDuel
from tests.bench.starting import StartingDuel
from tests.bench.under_guessing import post_under_guessing


def _posting(engine: str, databases: Databases, scale: Scale) -> Figures:
    with closing(PostingDuel(databases, engine, posts=scale.posts)) as duel:
        return posts_per_second(duel, scale)


def _posting_postgresql(databases: Databases, scale: Scale) -> Figures:
    return _posting(POSTGRESQL, databases, scale)


def _posting_sqlite(databases: Databases, scale: Scale) -> Figures:
    return _posting(SQLITE, databases, scale)


def _over_http(databases: Databases, scale: Scale) -> Figures:
    with (
        Clients() as clients,
        closing(HttpDuel(databases, clients, posts=scale.posts)) as duel,
    ):
        return posts_per_second(duel, scale)


def _one_book(databases: Databases, scale: Scale) -> Figures:
    with (
        Clients() as clients,
        closing(OneBookDuel(databases, clients, posts=scale.posts)) as duel,
    ):
        return posts_per_second(duel, scale)


def _starting(databases: Databases, scale: Scale) -> Figures:
    return seconds(StartingDuel(databases.folder), scale)


BENCHMARKS: Final = (
    Benchmark(
        name="B1",
        ours="handlers, PostgreSQL",
        baseline="their statements by psycopg",
        unit="posts/s",
        target=Target(0.35),
        measure=_posting_postgresql,
    ),
    Benchmark(
        name="B2",
        ours="HTTP, 16 clients, 16 books",
        baseline="their statements by psycopg",
        unit="posts/s",
        target=Target(0.3),
        measure=_over_http,
    ),
    Benchmark(
        name="B3",
        ours="handlers, 8 clients, one book",
        baseline="lock head and commit",
        unit="posts/s",
        target=Target(0.8),
        measure=_one_book,
    ),
    Benchmark(
        name="B5",
        ours="handlers, SQLite",
        baseline="their statements by sqlite3",
        unit="posts/s",
        target=Target(0.3),
        measure=_posting_sqlite,
    ),
    Benchmark(
        name="B12",
        ours="import wsgi",
        baseline="import the five given packages",
        unit="s",
        target=Target(2.0, at_most=True),
        measure=_starting,
    ),
    Benchmark(
        name="B20",
        ours="p95 of a post while 50 programs guess passwords",
        baseline="without them, and 0.1 s",
        unit="s",
        target=Target(1.0, at_most=True),
        measure=post_under_guessing,
    ),
    Benchmark(
        name="B22.page",
        ours="difference of answer times, wrong sign-ins",
        baseline="the limits",
        unit="",
        target=Target(1.0, at_most=True),
        measure=answer_times.differences_of_sign_ins,
    ),
    Benchmark(
        name="B22.witness",
        ours="difference of answer times, wrong witnesses",
        baseline="the limits",
        unit="",
        target=Target(1.0, at_most=True),
        measure=answer_times.differences_of_witnesses,
    ),
    Benchmark(
        name="B16.draw",
        ours="statements of a first draw",
        baseline="the limit",
        unit="",
        target=Target(1.0, at_most=True),
        measure=statements.of_a_draw,
    ),
    Benchmark(
        name="B16.dose",
        ours="statements of giving a dose",
        baseline="the limit",
        unit="",
        target=Target(1.0, at_most=True),
        measure=statements.of_a_dose,
    ),
    Benchmark(
        name="B16.vials",
        ours="statements of a draw from 20 vials",
        baseline="from one",
        unit="",
        target=Target(1.0, at_most=True),
        measure=statements.of_many_vials,
    ),
    Benchmark(
        name="B16.receipt",
        ours="statements of a receipt of 200 containers",
        baseline="of 5",
        unit="",
        target=Target(1.0, at_most=True),
        measure=statements.of_a_large_receipt,
    ),
)
