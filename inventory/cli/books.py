"""`countersign db`: bring the database to its schema, guard it, and watch over it."""

import json
import tomllib
from pathlib import Path
from typing import Final

import click
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import ProgrammingError

from inventory import schema
from inventory.cli.installation import Installation
from inventory.db import Database
from inventory.guard.fingerprint import take
from inventory.guard.provision import provision as make_ready
from inventory.guard.provision import regrant
from inventory.guard.roles import LOGIN_ROLES, DatabaseRole
from inventory.guard.watch import watch as look

_PREFIX: Final = "countersign_"


@click.group("db")
def books() -> None:
    """Look after the database."""


@books.command()
@click.pass_obj
def upgrade(installation: Installation) -> None:
    """Bring the database up to the schema of this version.

    On PostgreSQL the migrator does it; what changes the books themselves is up to the
    administrator: countersign db provision.
    """
    url = installation.settings.database_url
    try:
        schema.upgrade(url)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise click.ClickException(
            "This role may not change that part of the schema. As the database's "
            "administrator, run: countersign db provision"
        ) from error
    if url.startswith("postgresql"):
        _regrant(url)
    click.echo(f"The database stands at revision {schema.head_revision()}.")


@books.command()
@click.pass_obj
def current(installation: Installation) -> None:
    """Tell where the database stands and where this version wants it."""
    database = Database(installation.settings.database_url)
    stands_at = schema.current_revision(database.engine) or "none"
    database.dispose()
    click.echo(f"database {stands_at}, needed {schema.head_revision()}")


@books.command()
@click.option(
    "--as",
    "administrator_url",
    required=True,
    help="postgresql+psycopg://... of an administrator of the database.",
)
@click.option(
    "--passwords",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with passwords to set: app, migrator, reader, backup, verifier.",
)
def provision(administrator_url: str, passwords: Path | None) -> None:
    """Make a PostgreSQL database ready: roles, schema, owners and rights.

    Run it for a new database, after an upgrade that asks for it, and whenever rights
    were changed: it sets only what differs.
    """
    if not administrator_url.startswith("postgresql+psycopg://"):
        raise click.ClickException(
            "There are no roles but on PostgreSQL: "
            "use --as postgresql+psycopg://administrator@host/database."
        )
    done = make_ready(administrator_url, _passwords(passwords) if passwords else {})
    for statement in done:
        click.echo(statement)
    click.echo(f"{len(done)} changes. The service signs in as {DatabaseRole.APP}.")


@books.command()
@click.pass_obj
def watch(installation: Installation) -> None:
    """Look for changes of tables, triggers, functions, roles and rights, once.

    Exits with 1 if something changed since the last look, or is not as released.
    """
    found = look(installation.database, installation.clock)
    for piece, change in found.since.items():
        click.echo(f"since the last look: {piece} {change}")
    for piece, change in found.from_release.items():
        click.echo(f"not as released: {piece} {change}")
    for book_id in found.not_noted:
        click.echo(f"this book did not take the event: {book_id}")
    if found.is_alarming:
        raise click.exceptions.Exit(1)
    click.echo("The schema is that of the release.")


@books.command()
@click.pass_obj
def fingerprint(installation: Installation) -> None:
    """Print what the database is made of, piece by piece, as JSON."""
    pieces = take(installation.database)
    shown = {name: list(piece.content) for name, piece in pieces.items()}
    click.echo(json.dumps(shown, indent=1, ensure_ascii=False))


def _regrant(url: str) -> None:
    database = Database(url)
    try:
        with database.transaction() as db:
            regrant(db.connection())
    finally:
        database.dispose()


def _passwords(path: Path) -> dict[DatabaseRole, str]:
    names = {role.removeprefix(_PREFIX): role for role in LOGIN_ROLES}
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} is no TOML file: {error}") from error
    for name, password in given.items():
        if name not in names or not isinstance(password, str) or not password:
            raise click.ClickException(
                f"{path}: {name!r} must be one of {', '.join(names)}, "
                "with a password in quotes."
            )
    return {names[name]: password for name, password in given.items()}
