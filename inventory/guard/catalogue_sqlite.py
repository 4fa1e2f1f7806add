"""The pieces of an SQLite database, from its schema table."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from inventory.guard.pieces import Line

_SCHEMA: Final = text("SELECT type, name, tbl_name, sql FROM sqlite_schema")
# Counts every change of the schema, also one that was undone (and every VACUUM).
_COUNTER: Final = text("PRAGMA schema_version")


def read(connection: Connection) -> Iterator[Line]:
    """Read every line of every piece."""
    for kind, name, table, statement in connection.execute(_SCHEMA):
        if name.startswith("sqlite_"):
            continue
        piece = f"trigger {table}.{name}" if kind == "trigger" else f"table {table}"
        yield Line(piece, content=" ".join(statement.split()))
    counter = connection.execute(_COUNTER).scalar_one()
    yield Line("schema counter", trace=str(counter))
