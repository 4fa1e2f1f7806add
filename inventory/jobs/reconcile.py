"""The nightly reconciliation: each registration, month to date, exactly once."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.db import Database
from inventory.kernel.actors import Actor
from inventory.kernel.clock import Clock, civil_day, zone
from inventory.kernel.errors import InventoryError
from inventory.ledger.containers import lock_registration
from inventory.models.service import JobRun
from inventory.models.sites import Registration
from inventory.reconciliation.commands import Reconcile, reconcile

JOB: Final = "reconcile"


class Outcome(StrEnum):
    """What became of one run."""

    RAN = "ran"
    ALREADY_RUN = "already_run"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One job at one registration; `refusal` says why it did not run."""

    registration_id: str
    first_day: date
    last_day: date
    outcome: Outcome
    reconciliation_id: str = ""
    refusal: str = ""


def run_reconcile(database: Database, clock: Clock, *, actor: Actor) -> list[Run]:
    """Reconcile every registration up to its last completed civil day.

    Each has its own transaction: what one refuses does not stop the others, and the
    next run tries it again. Two runs at once wait for each other (invariant I32).

    Args:
        database: the books.
        clock: tells which day is the last completed one at each site.
        actor: the scheduled job, with the permission to reconcile.
    """
    with database.reading() as db:
        query = select(Registration.id, Registration.time_zone)
        sites = db.execute(query.order_by(Registration.id)).all()
    return [
        _run(database, clock, actor, site, *month_to_date(clock, time_zone))
        for site, time_zone in sites
    ]


def month_to_date(clock: Clock, time_zone: str) -> tuple[date, date]:
    """Give the last completed civil day of a zone, and the first of its month."""
    today = civil_day(clock.now(), zone(time_zone, field="time_zone"))
    yesterday = today - timedelta(days=1)
    return yesterday.replace(day=1), yesterday


def _run(
    database: Database,
    clock: Clock,
    actor: Actor,
    registration_id: str,
    first_day: date,
    last_day: date,
) -> Run:
    command = Reconcile(
        registration_id=registration_id, first_day=first_day, last_day=last_day
    )
    try:
        with database.transaction() as db:
            return _once(db, clock, actor, command)
    except InventoryError as refusal:
        return Run(
            registration_id=registration_id,
            first_day=first_day,
            last_day=last_day,
            outcome=Outcome.REFUSED,
            refusal=refusal.message,
        )


def _once(db: Session, clock: Clock, actor: Actor, command: Reconcile) -> Run:
    """Run unless it has run; the lock makes a second runner wait and then see it."""
    lock_registration(db, command.registration_id)
    key = (JOB, command.registration_id, command.first_day, command.last_day)
    earlier = db.get(JobRun, key)
    if earlier is not None:
        return _told(command, Outcome.ALREADY_RUN, earlier.result_id)
    made = reconcile(db, command, actor=actor, clock=clock)
    db.add(
        JobRun(
            job=JOB,
            registration_id=command.registration_id,
            first_day=command.first_day,
            last_day=command.last_day,
            result_id=made.reconciliation_id,
            finished_at=clock.now(),
        )
    )
    db.flush()
    return _told(command, Outcome.RAN, made.reconciliation_id)


def _told(command: Reconcile, outcome: Outcome, reconciliation_id: str) -> Run:
    return Run(
        registration_id=command.registration_id,
        first_day=command.first_day,
        last_day=command.last_day,
        outcome=outcome,
        reconciliation_id=reconciliation_id,
    )
