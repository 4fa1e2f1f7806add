"""`countersign jobs`: what a scheduler runs at night."""

import click
from sqlalchemy import select

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.credentials.actors import load_actor
from inventory.jobs.reconcile import Outcome, run_reconcile
from inventory.kernel.actors import Actor
from inventory.models.people import Person
from inventory.setup.commands import NIGHTLY_JOB


@click.group()
def jobs() -> None:
    """Run the scheduled jobs."""


@jobs.group()
def run() -> None:
    """Run one job now; a period that has been done is not done twice."""


@run.command()
@click.pass_obj
def reconcile(installation: Installation) -> None:
    """Reconcile every site for the month up to its last completed day.

    Run it every night, after midnight at the westernmost site. Exits with 1 if a site
    could not be reconciled.
    """
    database = installation.database
    with refusals_are_sentences():
        runs = run_reconcile(database, installation.clock, actor=_job(installation))
    for each in runs:
        period = f"{each.first_day} to {each.last_day}"
        detail = each.refusal or each.reconciliation_id
        click.echo(f"{each.registration_id} {period}: {each.outcome} {detail}")
    if not runs:
        click.echo("There is no site yet: run countersign init.")
    if any(each.outcome is Outcome.REFUSED for each in runs):
        raise click.exceptions.Exit(1)


def _job(installation: Installation) -> Actor:
    with installation.database.reading() as db:
        person_id = db.scalar(
            select(Person.id).where(Person.sign_in_name == NIGHTLY_JOB)
        )
        actor = load_actor(db, person_id) if person_id else None
    if actor is None:
        raise click.ClickException(
            "The nightly job is not set up here. Run: countersign init"
        )
    return actor
