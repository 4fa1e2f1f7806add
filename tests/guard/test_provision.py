"""`countersign db provision`: roles, owners and rights as they must be, every time."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from inventory import schema
from inventory.guard.provision import provision, regrant
from inventory.guard.rights import needed_rights, read_rights
from inventory.guard.roles import (
    APP_UPDATES,
    APPEND_ONLY,
    BOOKS,
    DatabaseRole,
)
from inventory.models import Base
from tests.guard.conftest import Installation, plain_engine
from tests.guard.release import fingerprint
from tests.postgres import PostgresServer

CASCADES = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'f' AND (confdeltype, confupdtype) <> ('a', 'a')
"""
MEDDLING = (
    "GRANT UPDATE, DELETE ON events TO countersign_app",
    "GRANT INSERT ON entries TO countersign_reader WITH GRANT OPTION",
    "GRANT ALL ON SCHEMA public TO PUBLIC",
    "GRANT countersign_owner TO countersign_app",
    "ALTER TABLE entries OWNER TO countersign_migrator",
    "ALTER ROLE countersign_app CREATEDB",
    "ALTER ROLE countersign_reader RESET default_transaction_read_only",
    "REVOKE INSERT (body) ON events FROM countersign_app",
)


@pytest.fixture
def administrator(installation: Installation, guarded: str) -> Iterator[Engine]:
    """A superuser in the provisioned database."""
    with plain_engine(installation.server.url(guarded)) as engine:
        yield engine


@pytest.fixture
def app(app_url: str) -> Iterator[Engine]:
    """The service's role in the same database."""
    with plain_engine(app_url) as engine:
        yield engine


def _run(engine: Engine, *statements: str) -> None:
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_second_run_changes_nothing_and_leaves_no_trace(
    installation: Installation, guarded: str
) -> None:
    url = installation.server.url(guarded)
    before = fingerprint(url)
    assert provision(url) == []
    assert fingerprint(url) == before


def test_meddling_is_put_right(
    installation: Installation, guarded: str, administrator: Engine
) -> None:
    url = installation.server.url(guarded)
    before = {name: piece.content for name, piece in fingerprint(url).items()}
    _run(administrator, *MEDDLING)
    assert len(provision(url)) >= len(MEDDLING)
    after = {name: piece.content for name, piece in fingerprint(url).items()}
    assert after == before


def test_the_rights_are_exactly_those_of_the_list(administrator: Engine) -> None:
    with administrator.connect() as connection:
        assert read_rights(connection) == needed_rights(connection)


def test_every_table_has_its_line_and_the_append_only_ones_no_updates() -> None:
    assert set(APP_UPDATES) == set(Base.metadata.tables)
    assert [table for table in APPEND_ONLY if APP_UPDATES[table]] == []
    assert set(BOOKS) <= set(Base.metadata.tables)


def test_no_foreign_key_cascades(administrator: Engine) -> None:
    with administrator.connect() as connection:
        foreign_keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
        assert connection.execute(text(foreign_keys)).scalar_one() > 30
        assert connection.execute(text(CASCADES)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMP TABLE events (book_id text)",
        "CREATE TABLE note (it text)",
        "CREATE FUNCTION it() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA shadow",
        "SET session_replication_role = replica",
        "DELETE FROM registrations",
        "INSERT INTO alembic_version VALUES ('0000')",
        "UPDATE registrations SET dea_number = 'BB1388568'",
        "UPDATE lots SET ug_per_unit = 1",
        "DO $$ BEGIN LOCK TABLE events IN ACCESS EXCLUSIVE MODE; END $$",
    ],
)
def test_the_service_may_not(app: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        _run(app, statement)


def test_a_temporary_table_shadows_nothing(
    installation: Installation, guarded: str, administrator: Engine
) -> None:
    _run(administrator, f"GRANT TEMPORARY ON DATABASE {guarded} TO countersign_app")
    with (
        plain_engine(installation.url(guarded, DatabaseRole.APP)) as engine,
        engine.connect() as connection,
    ):
        connection.exec_driver_sql("CREATE TEMP TABLE events (book_id text)")
        found = connection.execute(text("SELECT 'events'::regclass::oid::regclass"))
        schema_of = text(
            "SELECT relnamespace::regnamespace::text FROM pg_class "
            "WHERE oid = 'events'::regclass"
        )
        assert found.scalar_one() == "events"
        assert connection.execute(schema_of).scalar_one() == "public"


def test_a_reader_sees_no_credentials(installation: Installation, guarded: str) -> None:
    with plain_engine(installation.url(guarded, DatabaseRole.READER)) as reader:
        _run(reader, "SELECT id, name, initials FROM people", "SELECT * FROM entries")
        for secret in (
            "SELECT password_hash FROM people",
            "SELECT text FROM event_texts",
            "SELECT * FROM api_tokens",
            "SELECT * FROM idempotency_keys",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                _run(reader, secret)


def test_the_verifier_reads_the_books_and_nothing_else(
    installation: Installation, guarded: str
) -> None:
    with plain_engine(installation.url(guarded, DatabaseRole.VERIFIER)) as verifier:
        _run(verifier, "SELECT * FROM events", "SELECT * FROM entries")
        for other in ("TABLE people", "TABLE sessions", "TABLE event_texts"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                _run(verifier, other)


def test_the_migrator_migrates_but_does_not_touch_the_books(
    installation: Installation, guarded: str
) -> None:
    with plain_engine(installation.url(guarded, DatabaseRole.MIGRATOR)) as migrator:
        _run(
            migrator,
            "ALTER TABLE products ADD COLUMN note text",
            "ALTER TABLE products DROP COLUMN note",
            "CREATE TABLE seen (book_id text, position bigint, "
            "FOREIGN KEY (book_id, position) REFERENCES events)",
            "DROP TABLE seen",
        )
        with pytest.raises(ProgrammingError, match="must be owner"):
            _run(migrator, "ALTER TABLE events ADD COLUMN note text")


def test_the_migrator_grants_what_its_new_tables_need(
    installation: Installation, guarded: str
) -> None:
    with plain_engine(installation.url(guarded, DatabaseRole.MIGRATOR)) as migrator:
        _run(migrator, "REVOKE ALL ON products FROM countersign_app")
        with migrator.connect() as connection:
            assert len(regrant(connection)) == 2
            assert regrant(connection) == []


def test_an_administrator_without_superuser_rights_is_enough() -> None:
    with PostgresServer() as server:
        postgres = server.url("postgres")
        with plain_engine(postgres) as superuser:
            _run(
                superuser,
                "CREATE ROLE administrator LOGIN CREATEROLE",
                "CREATE DATABASE clinic OWNER administrator",
            )
        url = server.url("clinic", user="administrator")
        assert len(provision(url)) > 100
        assert provision(url) == []


def test_a_password_is_kept_as_scram(
    installation: Installation, guarded: str, administrator: Engine
) -> None:
    url = installation.server.url(guarded)
    password = "a long and secret sentence"
    assert provision(url, {DatabaseRole.READER: password}) == []
    with administrator.connect() as connection:
        stored = connection.execute(
            text(
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'countersign_reader'"
            )
        ).scalar_one()
        assert stored.startswith("SCRAM-SHA-256$")


def test_a_dump_by_the_backup_role_holds_every_table(
    installation: Installation, guarded: str
) -> None:
    server = installation.server
    url = make_url(installation.url(guarded, DatabaseRole.BACKUP))
    dumped = subprocess.run(
        [
            server.programs / "pg_dump",
            f"--host={server.folder}",
            f"--username={url.username}",
            guarded,
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    tables = set(re.findall(r"^COPY public\.(\w+) ", dumped, re.MULTILINE))
    assert tables == {*Base.metadata.tables, "alembic_version"}


def test_the_service_can_tell_that_nothing_is_to_be_migrated(app_url: str) -> None:
    schema.upgrade(app_url)
    engine = create_engine(app_url, poolclass=NullPool)
    assert schema.current_revision(engine) == schema.head_revision()
