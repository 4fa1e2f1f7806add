"""`countersign people token`: a secret by which a program acts as a person."""

import click

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.credentials.presented import Presented
from inventory.kernel.actors import Permission
from inventory.programs.commands import IssueToken, issue_token


@click.command()
@click.argument("sign_in_name")
@click.option("--label", required=True, help="What the token is used by.")
@click.option("--days", default=90, show_default=True, help="How long it is valid.")
@click.option("--site", help="The one registration it is for, by its identifier.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="What it is for; give it once for each. Without: all that you may do.",
)
@click.option("--code", help="Of your authenticator, if you have one.")
@click.password_option(confirmation_prompt=False)
@click.pass_obj
def token(
    installation: Installation,
    sign_in_name: str,
    password: str,
    code: str | None,
    label: str,
    days: int,
    site: str | None,
    allow: tuple[str, ...],
) -> None:
    """Issue an API token for yourself; it is shown once."""
    own = Presented(sign_in_name=sign_in_name, password=password, code=code)
    with refusals_are_sentences():
        found = installation.identifier.identify(own)
    with refusals_are_sentences(), installation.database.transaction() as db:
        command = IssueToken(
            person_id=found.actor.id,
            label=label,
            valid_days=days,
            registration_id=site,
            permissions=[Permission(name) for name in allow] or None,
        )
        issued = issue_token(db, command, actor=found.actor, clock=installation.clock)
    click.echo(issued.secret)
