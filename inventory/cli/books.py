"""`countersign db`: bring the database to the schema that this version needs."""

import click

from inventory import schema
from inventory.cli.installation import Installation
from inventory.db import Database


@click.group("db")
def books() -> None:
    """Look after the database."""


@books.command()
@click.pass_obj
def upgrade(installation: Installation) -> None:
    """Bring the database up to the schema of this version."""
    schema.upgrade(installation.settings.database_url)
    click.echo(f"The database stands at revision {schema.head_revision()}.")


@books.command()
@click.pass_obj
def current(installation: Installation) -> None:
    """Tell where the database stands and where this version wants it."""
    database = Database(installation.settings.database_url)
    stands_at = schema.current_revision(database.engine) or "none"
    database.dispose()
    click.echo(f"database {stands_at}, needed {schema.head_revision()}")
