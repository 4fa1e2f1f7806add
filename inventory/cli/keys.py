"""`countersign keys`: the key that signs for the books, and those before it."""

import click
from sqlalchemy import select

from inventory.cli.installation import Installation
from inventory.evidence import keys as log_keys
from inventory.models.sites import Registration


@click.group()
def keys() -> None:
    """Look after the key that signs the checkpoints."""


@keys.command()
@click.pass_obj
def show(installation: Installation) -> None:
    """Print the verifier keys of every book, the current one first.

    Give them to whoever is to check the records: a key that comes with the records
    proves nothing.
    """
    with installation.database.reading() as db:
        books = db.scalars(select(Registration.id).order_by(Registration.id)).all()
    for book_id in books:
        for verifier in installation.log_keys.verifiers(book_id):
            click.echo(verifier)


@keys.command()
@click.pass_obj
def rotate(installation: Installation) -> None:
    """Begin a new key. What the old ones signed can still be verified."""
    try:
        log_keys.rotate(installation.settings)
    except log_keys.LogKeyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        "A new key signs from the next start of the service on. Print it with: "
        "countersign keys show, and give it to the witnesses and verifiers."
    )
