"""The database: engine, and the only place that opens and commits a transaction.

A `db` is a SQLAlchemy session. Handlers receive one and never commit: the edge (route,
job, command line, test) wraps one command in one `Database.transaction()`, so that
either everything the command did is kept, or nothing (decision 0009).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL: an acknowledged entry survives power loss.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)
# No name of ours is looked up anywhere else, in a temporary table least of all.
POSTGRESQL_OPTIONS = {"options": "-c search_path=public,pg_temp"}
LOCK_NOT_AVAILABLE = ("55P03", "40001", "40P01")


def make_engine(url: str) -> Engine:
    """Build an engine for SQLite (`sqlite:///file`) or PostgreSQL (psycopg 3).

    PostgreSQL runs at READ COMMITTED: correctness rests on row locks and guarded
    updates, never on the isolation level (decision 0004).
    """
    if url.startswith("postgresql"):
        return create_engine(url, connect_args=POSTGRESQL_OPTIONS)
    engine = create_engine(url)
    _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver must not open transactions of its own: we say BEGIN ourselves.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the write lock at once: two that read first and write later
        # would deadlock.
        reading = connection.get_execution_options().get("countersign_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Database:
    """One database of books, on either engine."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._may_write: Callable[[], None] = _always

    def guard_writing(self, may_write: Callable[[], None]) -> None:
        """Ask before each transaction that writes; the guard refuses by raising.

        It may read these books, and is asked before the transaction begins, so that
        nothing is locked while it makes up its mind.
        """
        self._may_write = may_write

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open one transaction; commit when the block ends, roll back on any error.

        Raises:
            InventoryError: BUSY when the database is locked for too long; READ_ONLY
                when the guard refuses (`guard_writing`).
        """
        self._may_write()
        with _busy_is_an_answer(), Session(self.engine, autoflush=False) as db:
            yield db
            db.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one consistent, read-only view of the books."""
        options: dict[str, Any] = {"countersign_reading": True}
        if self.engine.dialect.name == "postgresql":
            options |= {
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
        engine = self.engine.execution_options(**options)
        with _busy_is_an_answer(), Session(engine, autoflush=False) as db:
            yield db

    def dispose(self) -> None:
        """Close every pooled connection (after a fork, and at the end)."""
        self.engine.dispose()


def _always() -> None:
    """Let everything be written."""


@contextmanager
def _busy_is_an_answer() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        state = getattr(error.orig, "sqlstate", None)
        locked = "database is locked" in str(error.orig)
        if locked or state in LOCK_NOT_AVAILABLE:
            raise InventoryError(
                ErrorCode.BUSY,
                "The books are busy. Nothing was recorded; "
                "send the same entry again with the same Idempotency-Key.",
            ) from error
        raise
