"""`countersign jobs`: what a scheduler runs, and what runs beside the service."""

import signal
from threading import Event

import click
from sqlalchemy import select

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.credentials.actors import load_actor
from inventory.evidence.witnesses.backlog import overdue
from inventory.jobs.checkpoint import run_checkpoints
from inventory.jobs.reconcile import Outcome, run_reconcile
from inventory.jobs.work import Worker
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


@run.command()
@click.pass_obj
def checkpoint(installation: Installation) -> None:
    """Sign every book that is due, and hand what is signed to the witnesses.

    Due are ten new entries, or a minute with any. Exits with 1 if a book could not be
    signed, or a witness did not take it or lacks entries for more than 15 minutes.
    """
    database, clock = installation.database, installation.clock
    keys, witnesses = installation.log_keys, installation.witnesses
    runs = run_checkpoints(database, clock, keys=keys, witnesses=witnesses)
    with database.reading() as db:
        late = overdue(db, witnesses, clock=clock)
    for each in (*runs, *late):
        click.echo(each)
    if late or any(each.is_alarming for each in runs):
        raise click.exceptions.Exit(1)


@jobs.command()
@click.option(
    "--every",
    type=click.IntRange(1, 60),
    default=5,
    show_default=True,
    help="Seconds between two rounds.",
)
@click.pass_obj
def work(installation: Installation, every: int) -> None:
    """Sign, hand out checkpoints, watch schema and reviews, again and again.

    Run one of it beside the service; a second one does no harm.
    """
    worker = Worker(
        installation.database,
        installation.clock,
        keys=installation.log_keys,
        witnesses=installation.witnesses,
    )
    stopped = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    while not stopped.is_set():
        for line in worker.round():
            click.echo(line)
        stopped.wait(every)


def _job(installation: Installation) -> Actor:
    with installation.database.reading() as db:
        person_id = db.scalar(
            select(Person.id).where(Person.sign_in_name == NIGHTLY_JOB)
        )
        now = installation.clock.now()
        actor = load_actor(db, person_id, now=now) if person_id else None
    if actor is None:
        raise click.ClickException(
            "The nightly job is not set up here. Run: countersign init"
        )
    return actor
