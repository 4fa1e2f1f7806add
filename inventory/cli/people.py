"""`countersign people`: what a person does for themselves on the command line."""

import click

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.credentials.proofs import OwnCredential, recognise
from inventory.people.tokens import IssueToken, issue_token


@click.group()
def people() -> None:
    """Look after people and their tokens."""


@people.command()
@click.argument("sign_in_name")
@click.option("--label", required=True, help="What the token is used by.")
@click.option("--days", default=90, show_default=True, help="How long it is valid.")
@click.password_option(confirmation_prompt=False)
@click.pass_obj
def token(
    installation: Installation,
    sign_in_name: str,
    label: str,
    days: int,
    password: str,
) -> None:
    """Issue an API token for yourself; it is shown once."""
    credential = OwnCredential(sign_in_name=sign_in_name, password=password)
    with refusals_are_sentences(), installation.database.transaction() as db:
        actor = recognise(db, credential, passwords=installation.passwords)
        if actor is None:
            raise click.ClickException(
                "This name and password do not belong together. Check both."
            )
        command = IssueToken(person_id=actor.id, label=label, valid_days=days)
        issued = issue_token(db, command, actor=actor, clock=installation.clock)
    click.echo(issued.secret)
