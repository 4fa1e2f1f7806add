"""A database that could lose or alter what was recorded is refused, with its code."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, event, text

from inventory import schema
from inventory.db import Database
from inventory.guard.provision import provision
from inventory.guard.roles import DatabaseRole
from inventory.guard.safety import (
    SafetyCode,
    UnsafeDatabaseError,
    find_problems,
    require_safe,
)
from tests.guard.conftest import plain_engine
from tests.postgres import PostgresServer

TEMPLATE = "safe_template"
BACK_AT_HEAD = f"UPDATE alembic_version SET version_num = '{schema.head_revision()}'"
DOCS = Path(__file__).parents[2] / "docs" / "guides" / "postgresql.md"


class Durable:
    """A server as it must be, and a provisioned database on it."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.name = "clinic"
        provision(server.create_database(self.name))

    def run(self, *statements: str) -> None:
        """Do something as a superuser."""
        with (
            plain_engine(self.server.url(self.name)) as engine,
            engine.connect() as connection,
        ):
            for statement in statements:
                connection.exec_driver_sql(statement)

    def problems(self, user: str = DatabaseRole.APP) -> list[SafetyCode]:
        """Ask what is not safe for a service that signs in as somebody."""
        database = Database(self.server.url(self.name, user=user))
        found = [problem.code for problem in find_problems(database)]
        database.dispose()
        return found


@pytest.fixture(scope="module")
def durable() -> Iterator[Durable]:
    with PostgresServer(durable=True) as server:
        yield Durable(server)


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(sqlite_template, tmp_path / "books.db")
    database = Database(f"sqlite:///{tmp_path / 'books.db'}")
    yield database
    database.dispose()


def test_a_provisioned_durable_database_is_safe_for_the_service(
    durable: Durable,
) -> None:
    assert durable.problems() == []


@pytest.mark.parametrize(
    ("unsafe", "safe", "code"),
    [
        (
            "ALTER ROLE countersign_app SET synchronous_commit = off",
            "ALTER ROLE countersign_app RESET synchronous_commit",
            SafetyCode.SYNCHRONOUS_COMMIT_OFF,
        ),
        (
            "ALTER TABLE entries DISABLE TRIGGER entries_refuse_change",
            "ALTER TABLE entries ENABLE ALWAYS TRIGGER entries_refuse_change",
            SafetyCode.SCHEMA_ALTERED,
        ),
        (
            "ALTER TABLE entries ENABLE TRIGGER entries_refuse_change",
            "ALTER TABLE entries ENABLE ALWAYS TRIGGER entries_refuse_change",
            SafetyCode.SCHEMA_ALTERED,
        ),
        (
            "CREATE RULE lost AS ON INSERT TO entries DO INSTEAD NOTHING",
            "DROP RULE lost ON entries",
            SafetyCode.SCHEMA_ALTERED,
        ),
        (
            "ALTER TABLE entries DROP CONSTRAINT ck_entries_chain",
            (
                "ALTER TABLE entries ADD CONSTRAINT ck_entries_chain "
                "CHECK (previous_ug + amount_ug = balance_ug)"
            ),
            SafetyCode.SCHEMA_ALTERED,
        ),
        (
            "GRANT DELETE ON entries TO countersign_app",
            "REVOKE DELETE ON entries FROM countersign_app",
            SafetyCode.RIGHTS_ALTERED,
        ),
        (
            "GRANT SET ON PARAMETER session_replication_role TO countersign_app",
            "REVOKE SET ON PARAMETER session_replication_role FROM countersign_app",
            SafetyCode.RIGHTS_ALTERED,
        ),
        (
            "UPDATE alembic_version SET version_num = '0001'",
            BACK_AT_HEAD,
            SafetyCode.SCHEMA_OLDER,
        ),
        (
            "UPDATE alembic_version SET version_num = '9999'",
            BACK_AT_HEAD,
            SafetyCode.SCHEMA_NEWER,
        ),
    ],
)
def test_an_unsafe_postgresql_is_refused(
    durable: Durable, unsafe: str, safe: str, code: SafetyCode
) -> None:
    durable.run(unsafe)
    try:
        assert code in durable.problems()
    finally:
        durable.run(safe)
    assert durable.problems() == []


def test_a_server_that_does_not_wait_for_the_disk_is_refused(app_url: str) -> None:
    database = Database(app_url)
    with pytest.raises(UnsafeDatabaseError) as refused:
        require_safe(database, demonstration=False)
    database.dispose()
    assert [problem.code for problem in refused.value.problems] == [
        SafetyCode.FSYNC_OFF,
        SafetyCode.FULL_PAGE_WRITES_OFF,
        SafetyCode.SYNCHRONOUS_COMMIT_OFF,
    ]


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ("postgres", SafetyCode.ROLE_SUPERUSER),
        (DatabaseRole.MIGRATOR, SafetyCode.ROLE_OWNER),
    ],
)
def test_a_role_that_nothing_stops_is_refused(
    durable: Durable, user: str, code: SafetyCode
) -> None:
    assert durable.problems(user) == [code]


def test_a_role_that_may_become_the_owner_is_refused(durable: Durable) -> None:
    durable.run("GRANT countersign_owner TO countersign_app WITH INHERIT FALSE")
    found = durable.problems()
    durable.run("REVOKE countersign_owner FROM countersign_app")
    assert found == [SafetyCode.RIGHTS_ALTERED, SafetyCode.ROLE_OWNER]


def test_sqlite_as_we_open_it_is_safe(sqlite: Database) -> None:
    assert find_problems(sqlite) == []


@pytest.mark.parametrize(
    ("pragma", "code"),
    [
        ("journal_mode=DELETE", SafetyCode.WAL_OFF),
        ("synchronous=NORMAL", SafetyCode.SYNCHRONOUS_NOT_FULL),
        ("foreign_keys=OFF", SafetyCode.FOREIGN_KEYS_OFF),
    ],
)
def test_an_unsafe_sqlite_is_refused(
    sqlite: Database, pragma: str, code: SafetyCode
) -> None:
    sqlite.dispose()

    @event.listens_for(sqlite.engine, "connect")
    def open_otherwise(connection: Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[call-overload]  # the driver's

    assert [problem.code for problem in find_problems(sqlite)] == [code]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DROP TRIGGER events_refuse_delete", SafetyCode.SCHEMA_ALTERED),
        ("CREATE TABLE note (it TEXT)", SafetyCode.SCHEMA_ALTERED),
        ("UPDATE alembic_version SET version_num = '0001'", SafetyCode.SCHEMA_OLDER),
        ("DELETE FROM alembic_version", SafetyCode.SCHEMA_OLDER),
        ("UPDATE alembic_version SET version_num = '9999'", SafetyCode.SCHEMA_NEWER),
    ],
)
def test_an_altered_sqlite_is_refused(
    sqlite: Database, statement: str, code: SafetyCode
) -> None:
    with sqlite.transaction() as db:
        db.execute(text(statement))
    assert [problem.code for problem in find_problems(sqlite)] == [code]


def test_the_demonstration_goes_on_and_says_so(sqlite: Database) -> None:
    with sqlite.transaction() as db:
        db.execute(text("DROP TRIGGER events_refuse_delete"))
    with pytest.raises(UnsafeDatabaseError, match="events_refuse_delete missing"):
        require_safe(sqlite, demonstration=False)
    with structlog.testing.capture_logs() as logs:
        require_safe(sqlite, demonstration=True)
    assert [(log["event"], log["code"]) for log in logs] == [
        ("database_unsafe", SafetyCode.SCHEMA_ALTERED)
    ]


def test_over_another_schema_not_even_the_demonstration_goes_on(
    sqlite: Database,
) -> None:
    with sqlite.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnsafeDatabaseError, match="newer version"):
        require_safe(sqlite, demonstration=True)


def test_the_guide_explains_every_code() -> None:
    guide = DOCS.read_text("utf-8")
    assert [code for code in SafetyCode if f"| `{code}` |" not in guide] == []
