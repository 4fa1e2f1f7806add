"""The fingerprint of a database: the pieces it is made of, on either engine."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from inventory.db import Database
from inventory.guard import catalogue_postgresql, catalogue_sqlite
from inventory.guard.pieces import Line, Pieces, assemble

_CATALOGUES: Final[Mapping[str, Callable[[Connection], Iterator[Line]]]] = {
    "postgresql": catalogue_postgresql.read,
    "sqlite": catalogue_sqlite.read,
}


def take(database: Database) -> Pieces:
    """Take the fingerprint of a database, from one view of its catalogue."""
    read = _CATALOGUES[database.engine.dialect.name]
    with database.reading() as db:
        return assemble(read(db.connection()))
