"""Databases to measure on: migrated, on disk, and durable as in real use.

A copy has the same rows as its original, so that both sides start from the same books.
Connections are the drivers' own, with the settings that `inventory.db` gives.
"""

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Final, Self, cast

import psycopg
from sqlalchemy import make_url

from inventory import schema
from inventory.db import SQLITE_PRAGMAS
from tests.postgres import PostgresServer

POSTGRESQL: Final = "postgresql"
SQLITE: Final = "sqlite"


class Databases:
    """Makes databases on both engines; all are gone when it is closed."""

    def __init__(self) -> None:
        self._resources = ExitStack()
        self._numbers = count(1)
        self._templates: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @cached_property
    def folder(self) -> Path:
        """Where the files are."""
        folder = tempfile.TemporaryDirectory(prefix="countersign-bench-")
        return Path(self._resources.enter_context(folder))

    @cached_property
    def _server(self) -> PostgresServer:
        return self._resources.enter_context(PostgresServer(durable=True))

    def migrated(self, engine: str) -> str:
        """Give the address of a new database with every table and no row."""
        if engine not in self._templates:
            self._templates[engine] = self._empty(engine)
            schema.upgrade(self._templates[engine])
        return self.copy(self._templates[engine])

    def copy(self, url: str) -> str:
        """Copy a database to which nobody is connected; gives the copy's address."""
        original = make_url(url).database
        assert original, "every database here has a name"
        if url.startswith(POSTGRESQL):
            return self._server.create_database(self._name(), template=original)
        path = self.folder / self._name()
        shutil.copy(original, path)
        return f"sqlite:///{path}"

    def versions(self) -> dict[str, str]:
        """Give the versions of both engines."""
        with connect(self._server.url("postgres")) as connection:
            number = connection.execute("SHOW server_version").fetchone()[0]
        return {POSTGRESQL: number, SQLITE: sqlite3.sqlite_version}

    def _empty(self, engine: str) -> str:
        if engine == POSTGRESQL:
            return self._server.create_database(self._name())
        return f"sqlite:///{self.folder / self._name()}"

    def _name(self) -> str:
        return f"bench_{next(self._numbers)}"


def connect(url: str) -> Any:
    """Connect with the driver alone: psycopg 3, or sqlite3."""
    address = make_url(url)
    if address.get_backend_name() == POSTGRESQL:
        host = cast("str", address.query["host"])
        return psycopg.connect(
            host=host, user=address.username, dbname=address.database
        )
    assert address.database, "every database here has a name"
    connection = sqlite3.connect(address.database, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    return connection
