"""Forty attempts of each of four roles: none alters or erases what was recorded."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from inventory.db import Database
from inventory.guard.roles import DatabaseRole
from inventory.kernel.clock import FrozenClock
from inventory.models import Base
from tests.clinic import open_clinic
from tests.guard.attempts import ATTEMPTS
from tests.guard.conftest import Installation, plain_engine
from tests.steps import Steps

RECORDED = ("events", "entries", "event_texts", "checkpoints", "cosignatures")
ATTACKERS = (
    DatabaseRole.APP,
    DatabaseRole.READER,
    DatabaseRole.BACKUP,
    DatabaseRole.MIGRATOR,
)
SAMPLES = (
    (
        "INSERT INTO event_texts "
        "SELECT book_id, position, 'note', sha256(body), 'a text' FROM events"
    ),
    (
        "INSERT INTO checkpoints SELECT book_id, position, 'a note', recorded_at "
        "FROM events"
    ),
    (
        "INSERT INTO cosignatures SELECT book_id, size, 'a witness', 'a line', made_at "
        "FROM checkpoints"
    ),
)
Recorded = dict[str, list[str]]
_READ = "SELECT r::text FROM"


@pytest.fixture(scope="module")
def recorded(installation: Installation) -> Iterator[str]:
    """A database with rows in every table that is attacked, for others to clone."""
    with installation.database() as name:
        database = Database(installation.server.url(name))
        clock = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
        Steps(open_clinic(database, clock)).stock(vials=2)
        with database.transaction() as db:
            for statement in SAMPLES:
                db.execute(text(statement))
        database.dispose()
        yield name


@pytest.fixture(scope="module", params=ATTACKERS, ids=str)
def attacked(
    request: pytest.FixtureRequest, installation: Installation, recorded: str
) -> Iterator[tuple[Engine, Engine]]:
    """A clone that one role attacks time and again: the attacker, and an observer."""
    role: DatabaseRole = request.param
    with (
        installation.database(template=recorded) as name,
        plain_engine(installation.url(name, role)) as attacker,
        plain_engine(installation.server.url(name)) as observer,
    ):
        yield attacker, observer


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nobody_who_can_sign_in_alters_or_erases_what_was_recorded(
    attacked: tuple[Engine, Engine], attempt: str
) -> None:
    attacker, observer = attacked
    before = _rows(observer)
    refused = _run(attacker, ATTEMPTS[attempt])
    assert refused > 0
    assert _rows(observer) == before


@pytest.fixture(scope="module")
def unguarded(installation: Installation, recorded: str) -> Iterator[Engine]:
    """A clone in which every trigger is off, for a superuser."""
    with (
        installation.database(template=recorded) as name,
        plain_engine(installation.server.url(name)) as superuser,
    ):
        with superuser.connect() as connection:
            for table in Base.metadata.tables:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield superuser


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_each_attempt_succeeds_where_nothing_guards(
    unguarded: Engine, attempt: str
) -> None:
    before = _rows(unguarded)
    in_one = unguarded.execution_options(isolation_level="READ COMMITTED")
    with in_one.connect() as connection:
        for statement in ATTEMPTS[attempt]:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("RESET ROLE")
        assert _rows_in(connection) != before
        connection.rollback()


def test_there_are_forty_attempts_on_rows_of_every_kind(
    installation: Installation, recorded: str
) -> None:
    assert len(ATTEMPTS) == 40
    with plain_engine(installation.server.url(recorded)) as observer:
        rows = _rows(observer)
    assert [table for table in RECORDED if not rows[table]] == []


def _run(engine: Engine, statements: tuple[str, ...]) -> int:
    """Run a script as an attacker would, going on after refusals; count these."""
    refused = 0
    with engine.connect() as connection:
        for statement in ("SET default_transaction_read_only = off", *statements):
            try:
                connection.exec_driver_sql(statement)
            except DBAPIError:
                refused += 1
    return refused


def _rows(engine: Engine) -> Recorded:
    with engine.connect() as connection:
        return _rows_in(connection)


def _rows_in(connection: Connection) -> Recorded:
    """Read every recorded row as one text; a table that is gone has none."""
    tables = [each for each in RECORDED if inspect(connection).has_table(each)]
    return {
        table: list(connection.scalars(text(f"{_READ} {table} AS r ORDER BY 1")))
        for table in tables
    }
