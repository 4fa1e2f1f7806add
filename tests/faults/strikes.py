"""The ways in which a write is struck down between two of its statements.

Each strike does the real thing where that can be done from one process: the server
itself ends the connection, or itself refuses the statement with the code in question.
"""

import os
import socket
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from select import select
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Strike = Callable[[Any], None]  # takes the driver's connection

SERIALIZATION_FAILURE: Final = "40001"
STATEMENT_TIMEOUT: Final = "57014"
_GONE_WITHIN_SECONDS: Final = 5


class ProcessDiedError(BaseException):
    """The process ended here: no handler runs, and nobody is answered."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        strike: makes it happen to a connection.
        ends_connections: it can also hit just before and just after COMMIT; what only
            refuses a statement cannot.
    """

    strike: Strike
    ends_connections: bool


def _end_backend(connection: psycopg.Connection) -> None:
    """Let the server end the connection, as when its process is killed."""
    info = connection.info
    with psycopg.connect(
        host=info.host, user=info.user, dbname=info.dbname, autocommit=True
    ) as administrator:
        end = "SELECT pg_terminate_backend(%s)"
        administrator.execute(end, [info.backend_pid])
    # Its last words have arrived; whatever is sent now comes too late.
    assert select([connection], [], [], _GONE_WITHIN_SECONDS)[0], "it lives on"


def _refuse(sqlstate: str, connection: psycopg.Connection) -> None:
    """Let the server refuse: the error and the broken transaction are its own."""
    block = sql.SQL("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = {}; END $$")
    connection.execute(block.format(sql.Literal(sqlstate)))


def _die_on_postgresql(connection: psycopg.Connection) -> None:
    """Cut the line without a word, as the end of a process does."""
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    raise ProcessDiedError


def _die_on_sqlite(connection: sqlite3.Connection) -> None:
    """Let go of the file, as the end of a process does."""
    connection.close()
    raise ProcessDiedError


def _busy(_connection: sqlite3.Connection) -> None:
    """Say what SQLite says when another writer holds the file for too long."""
    raise sqlite3.OperationalError("database is locked")


KINDS: Final[Mapping[str, Mapping[str, Kind]]] = {
    "postgresql": {
        "connection killed": Kind(_end_backend, ends_connections=True),
        "process died": Kind(_die_on_postgresql, ends_connections=True),
        "serialization failure": Kind(
            partial(_refuse, SERIALIZATION_FAILURE), ends_connections=False
        ),
        "statement timeout": Kind(
            partial(_refuse, STATEMENT_TIMEOUT), ends_connections=False
        ),
    },
    "sqlite": {
        "process died": Kind(_die_on_sqlite, ends_connections=True),
        "busy": Kind(_busy, ends_connections=False),
    },
}


def kinds_of(url: str) -> Mapping[str, Kind]:
    """Give what can happen on the engine of an address."""
    return KINDS[make_url(url).get_backend_name()]
