"""What every test may ask for: a database on each engine, a frozen clock, a clinic."""

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import structlog

from inventory import schema
from inventory.db import Database
from inventory.kernel.clock import FrozenClock
from tests.clinic import Clinic, open_clinic
from tests.postgres import PostgresServer

ENGINES = ("sqlite", "postgresql")
_TEMPLATE = "countersign_template"
_numbers = count(1)


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    """Make log lines and drop them, whatever a test before configured.

    `capture_logs` of structlog still sees them.
    """
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(default=str)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=structlog.testing.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One private PostgreSQL server per test process, with a migrated template."""
    with PostgresServer() as server:
        schema.upgrade(server.create_database(_TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs once per engine."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The address of a fresh, migrated, empty database."""
    if engine_name == "sqlite":
        path = tmp_path / "books.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, template=_TEMPLATE)
    server.drop_database(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated, empty database."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 2 November 2026, 09:00 in New York."""
    return FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))


@pytest.fixture
def clinic(database: Database, clock: FrozenClock) -> Clinic:
    """A clinic with its people and places, and an empty book."""
    return open_clinic(database, clock)
