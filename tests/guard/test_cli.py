"""`countersign db`: provision, upgrade, watch, and serve that refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from inventory import schema
from inventory.cli.root import make_cli
from inventory.db import Database
from inventory.guard.roles import DatabaseRole
from tests.guard.conftest import Installation, plain_engine


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COUNTERSIGN_PORT", "8765")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(make_cli(), [str(each) for each in arguments])


def test_provisioning_says_what_it_did_and_then_nothing_is_left(
    installation: Installation, guarded: str
) -> None:
    url = installation.server.url(guarded)
    with plain_engine(url) as engine, engine.connect() as connection:
        connection.exec_driver_sql("GRANT DELETE ON events TO countersign_app")
    first, second = (run("db", "provision", "--as", url) for _ in range(2))
    assert "REVOKE DELETE ON TABLE" in first.output
    assert "1 changes" in first.output
    assert "0 changes" in second.output


def test_passwords_come_from_a_file_and_are_not_shown(
    installation: Installation, guarded: str, tmp_path: Path
) -> None:
    passwords = tmp_path / "passwords.toml"
    passwords.write_text('backup = "a long and secret sentence"\n')
    url = installation.server.url(guarded)
    done = run("db", "provision", "--as", url, "--passwords", passwords)
    assert done.exit_code == 0
    assert "secret sentence" not in done.output
    with plain_engine(url) as engine, engine.connect() as connection:
        stored = connection.scalars(
            text(
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'countersign_backup'"
            )
        ).one()
    assert stored.startswith("SCRAM-SHA-256$4096:")


@pytest.mark.parametrize(
    "content", ['owner = "x"', "app = 7", 'app = ""', 'app "no equals sign"']
)
def test_a_file_of_passwords_that_cannot_be_used_is_refused(
    guarded: str, installation: Installation, tmp_path: Path, content: str
) -> None:
    passwords = tmp_path / "passwords.toml"
    passwords.write_text(content)
    url = installation.server.url(guarded)
    refused = run("db", "provision", "--as", url, "--passwords", passwords)
    assert refused.exit_code == 1
    assert str(passwords) in refused.output


def test_sqlite_has_no_roles_to_provision() -> None:
    refused = run("db", "provision", "--as", "sqlite:///books.db")
    assert refused.exit_code == 1
    assert "postgresql+psycopg://" in refused.output


def test_an_upgrade_is_done_by_the_migrator_and_refused_to_the_service(
    installation: Installation, guarded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = installation.url(guarded, DatabaseRole.MIGRATOR)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)
    with plain_engine(url) as engine, engine.connect() as connection:
        connection.exec_driver_sql("REVOKE SELECT ON products FROM countersign_app")
        assert run("db", "upgrade").exit_code == 0
        granted = "SELECT has_table_privilege('countersign_app', 'products', 'SELECT')"
        assert connection.scalar(text(granted)) is True
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    url = installation.url(guarded, DatabaseRole.APP)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)
    refused = run("db", "upgrade")
    assert refused.exit_code == 1
    assert "countersign db provision" in refused.output


def test_the_watch_exits_with_1_when_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", f"sqlite:///{tmp_path / 'books.db'}")
    assert run("db", "upgrade").exit_code == 0
    calm = run("db", "watch")
    assert (calm.exit_code, calm.output) == (
        0,
        "The schema is that of the release.\n",
    )
    database = Database(f"sqlite:///{tmp_path / 'books.db'}")
    with database.transaction() as db:
        db.execute(text("DROP TRIGGER events_refuse_delete"))
    database.dispose()
    alarmed = run("db", "watch")
    assert alarmed.exit_code == 1
    assert (
        "not as released: trigger events.events_refuse_delete missing" in alarmed.output
    )
    assert '"table events"' in run("db", "fingerprint").output


def test_an_unsafe_database_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'books.db'}"
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)
    schema.upgrade(url)
    database = Database(url)
    with database.transaction() as db:
        db.execute(text("DROP TRIGGER events_refuse_delete"))
    database.dispose()
    refused = run("serve", "--empty")
    assert refused.exit_code == 1
    assert "(schema_altered)" in refused.output
