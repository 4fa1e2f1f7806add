"""The migrations build exactly the tables of the models, and can be taken back."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from inventory import schema
from inventory.models import Base
from tests.postgres import PostgresServer

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in which nothing was migrated yet."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database(f"empty_{abs(hash(tmp_path))}")


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _checks(connection: Connection) -> dict[str, set[tuple[str, str]]]:
    """Give every CHECK of every table, as the engine itself describes it."""
    found = inspect(connection)
    return {
        table: {
            (check["name"] or "", _normal(check["sqltext"]))
            for check in found.get_check_constraints(table)
        }
        for table in Base.metadata.tables
    }


def _normal(condition: str) -> str:
    return re.sub(r"[\s()\"]", "", condition).lower()


def test_up_and_down_leaves_nothing_behind(empty_url: str) -> None:
    schema.upgrade(empty_url)
    schema.downgrade(empty_url, "base")
    engine = _engine(empty_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            functions = connection.scalar(
                text("SELECT count(*) FROM pg_proc WHERE proname LIKE '%refuse%'")
            )
            assert functions == 0
    schema.upgrade(empty_url)
    assert schema.current_revision(engine) == schema.head_revision()


def test_every_migration_can_be_taken_back_and_made_again(empty_url: str) -> None:
    names = sorted(path.stem[:4] for path in (MIGRATIONS / "versions").glob("*.py"))
    for name in names:
        schema.upgrade(empty_url, name)
        schema.downgrade(empty_url, "-1")
        schema.upgrade(empty_url, name)


def test_the_migrated_tables_are_the_models(empty_url: str) -> None:
    schema.upgrade(empty_url)
    with _engine(empty_url).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_checks_are_those_of_the_models(
    empty_url: str, engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Alembic sees no difference in a CHECK, so both engines are asked themselves."""
    schema.upgrade(empty_url)
    if engine_name == "sqlite":
        created_url = f"sqlite:///{tmp_path / 'created.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        created_url = server.create_database(f"created_{abs(hash(tmp_path))}")
    created = _engine(created_url)
    Base.metadata.create_all(created)
    with created.connect() as wanted, _engine(empty_url).connect() as migrated:
        assert _checks(migrated) == _checks(wanted)
        assert sum(len(checks) for checks in _checks(wanted).values()) > 25


def test_names_are_numbered_without_gaps_and_the_head_file_agrees() -> None:
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_[a-z]+_[a-z_]+\.py", name) for name in files)
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    head = (MIGRATIONS / ".current-head").read_text().strip()
    assert head == schema.head_revision() == files[-1][:4]
