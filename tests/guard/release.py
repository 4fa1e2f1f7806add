"""Writes the manifest of the release: `python -m tests.guard.release`.

Run it after every change of the migrations or the rights. A test compares.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from inventory import schema
from inventory.db import Database
from inventory.guard import manifest
from inventory.guard.fingerprint import take
from inventory.guard.pieces import Pieces
from inventory.guard.provision import provision
from tests.postgres import PostgresServer

MANIFEST = Path(manifest.__file__).with_name(manifest.FILE)


def fresh_sqlite(folder: Path) -> Pieces:
    """Take the fingerprint of a new SQLite database."""
    url = f"sqlite:///{folder / 'release.db'}"
    schema.upgrade(url)
    return fingerprint(url)


def fresh_postgresql(server: PostgresServer) -> Pieces:
    """Take the fingerprint of a new, provisioned PostgreSQL database."""
    url = server.create_database("release")
    provision(url)
    pieces = fingerprint(url)
    server.drop_database("release")
    return pieces


def fingerprint(url: str) -> Pieces:
    """Take the fingerprint of the database at an address."""
    database = Database(url)
    pieces = take(database)
    database.dispose()
    return pieces


def main() -> None:
    """Write the manifest."""
    with TemporaryDirectory() as folder, PostgresServer() as server:
        engines = {
            "postgresql": fresh_postgresql(server),
            "sqlite": fresh_sqlite(Path(folder)),
        }
    MANIFEST.write_text(manifest.written(engines), "utf-8")


if __name__ == "__main__":
    main()
