"""The private PostgreSQL server starts, clones, and leaves nothing behind."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.postgres import PostgresServer

_ROOT = Path(__file__).parents[2]
_START_AND_WAIT = """
import sys
from tests.postgres import PostgresServer
server = PostgresServer()
print(server.pid, server.folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as running:
        yield running


def _scalar(url: str, statement: str) -> object:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return connection.execute(text(statement)).scalar_one()


def _script(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_the_server_is_postgresql_18(server: PostgresServer) -> None:
    version = _scalar(server.url("postgres"), "SHOW server_version_num")
    assert str(version).startswith("18")


def test_a_clone_holds_the_rows_of_its_template(server: PostgresServer) -> None:
    template = server.create_database("vials")
    _script(
        template,
        "CREATE TABLE vial (number integer PRIMARY KEY)",
        "INSERT INTO vial VALUES (7)",
    )
    clone = server.create_database("vials_1", template="vials")
    assert _scalar(clone, "SELECT number FROM vial") == 7


def test_a_clone_does_not_write_to_its_template(server: PostgresServer) -> None:
    template = server.create_database("counts")
    _script(template, "CREATE TABLE count_line (id integer PRIMARY KEY)")
    clone = server.create_database("counts_1", template="counts")
    _script(clone, "INSERT INTO count_line VALUES (1)")
    assert _scalar(template, "SELECT count(*) FROM count_line") == 0


def test_a_dropped_database_is_gone(server: PostgresServer) -> None:
    url = server.create_database("short_lived")
    server.drop_database("short_lived")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_a_server_waits_for_the_disk_only_when_asked(server: PostgresServer) -> None:
    assert _scalar(server.url("postgres"), "SHOW fsync") == "off"
    with PostgresServer(durable=True) as durable:
        assert _scalar(durable.url("postgres"), "SHOW fsync") == "on"


def test_a_stopped_server_leaves_no_files() -> None:
    server = PostgresServer()
    server.stop()
    server.stop()
    assert not server.folder.exists()


def test_a_killed_test_run_leaves_no_server() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _START_AND_WAIT],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        with psycopg.connect(f"host={folder} user=postgres dbname=postgres") as witness:
            run.send_signal(signal.SIGKILL)
            run.wait()
            with pytest.raises(psycopg.OperationalError):
                witness.execute("SELECT pg_sleep(60)")
    assert not _is_serving(folder), f"server {pid} outlived its run"


def _is_serving(folder: str) -> bool:
    try:
        psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True
