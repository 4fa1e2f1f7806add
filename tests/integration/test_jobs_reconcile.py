"""The nightly reconciliation: exactly once for each registration and period."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from inventory.jobs.reconcile import JOB, Outcome, Run, month_to_date, run_reconcile
from inventory.kernel.actors import Actor, Role
from inventory.kernel.clock import FrozenClock
from inventory.models.reconciliation import Reconciliation
from inventory.models.service import JobRun
from tests.clinic import Clinic

FIRST, YESTERDAY = date(2026, 11, 1), date(2026, 11, 1)
A_DAY = timedelta(days=1)


@pytest.fixture
def job(clinic: Clinic) -> Actor:
    """The job with its role at both registrations."""
    everywhere = (clinic.registration_id, clinic.elsewhere_id)
    roles = {site: frozenset({Role.SCHEDULED_JOB}) for site in everywhere}
    return replace(clinic.job, roles=roles)


def _run(clinic: Clinic, actor: Actor) -> list[Run]:
    return run_reconcile(clinic.database, clinic.clock, actor=actor)


def _outcomes(runs: list[Run]) -> list[Outcome]:
    return [run.outcome for run in runs]


def _made(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Reconciliation)) or 0


@pytest.mark.parametrize(
    ("at", "zone", "period"),
    [
        (datetime(2026, 11, 2, 14, tzinfo=UTC), "America/New_York", (1, 1)),
        (datetime(2026, 11, 3, 4, 59, tzinfo=UTC), "America/New_York", (1, 1)),
        (datetime(2026, 11, 3, 5, 0, tzinfo=UTC), "America/New_York", (1, 2)),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), "Pacific/Kiritimati", (1, 30)),
    ],
)
def test_a_period_is_the_month_up_to_the_last_completed_day(
    at: datetime, zone: str, period: tuple[int, int]
) -> None:
    first_day, last_day = month_to_date(FrozenClock(at), zone)
    assert (first_day.day, last_day.day) == period
    assert first_day.month == last_day.month == 11


def test_on_the_first_of_a_month_the_whole_month_before_is_reconciled() -> None:
    clock = FrozenClock(datetime(2026, 12, 1, 12, tzinfo=UTC))
    period = month_to_date(clock, "UTC")
    assert period == (date(2026, 11, 1), date(2026, 11, 30))


def test_every_registration_is_reconciled_once(clinic: Clinic, job: Actor) -> None:
    first, second = _run(clinic, job), _run(clinic, job)
    assert _outcomes(first) == [Outcome.RAN, Outcome.RAN]
    assert _outcomes(second) == [Outcome.ALREADY_RUN, Outcome.ALREADY_RUN]
    assert [run.reconciliation_id for run in first] == [
        run.reconciliation_id for run in second
    ]
    assert _made(clinic) == 2


def test_the_next_day_is_another_period(clinic: Clinic, job: Actor) -> None:
    _run(clinic, job)
    clinic.clock.advance(A_DAY)
    runs = _run(clinic, job)
    assert _outcomes(runs) == [Outcome.RAN, Outcome.RAN]
    assert (runs[0].first_day, runs[0].last_day) == (FIRST, YESTERDAY + A_DAY)


def test_what_one_site_refuses_does_not_stop_the_others(clinic: Clinic) -> None:
    runs = {run.registration_id: run for run in _run(clinic, clinic.job)}
    assert runs[clinic.registration_id].outcome is Outcome.RAN
    refused = runs[clinic.elsewhere_id]
    assert refused.outcome is Outcome.REFUSED
    assert "reconcile" in refused.refusal


def test_a_site_that_refused_is_tried_again(clinic: Clinic, job: Actor) -> None:
    _run(clinic, clinic.job)
    runs = {run.registration_id: run.outcome for run in _run(clinic, job)}
    assert runs == {
        clinic.registration_id: Outcome.ALREADY_RUN,
        clinic.elsewhere_id: Outcome.RAN,
    }


def test_two_runs_at_once_reconcile_once(clinic: Clinic, job: Actor) -> None:
    together = Barrier(2)

    def run() -> list[Run]:
        together.wait()
        return _run(clinic, job)

    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in [pool.submit(run), pool.submit(run)]]
    by_site = zip(*answers, strict=True)
    for pair in by_site:
        assert sorted(_outcomes(list(pair))) == [Outcome.ALREADY_RUN, Outcome.RAN]
        assert pair[0].reconciliation_id == pair[1].reconciliation_id
    assert _made(clinic) == 2
    with clinic.database.reading() as db:
        assert set(db.scalars(select(JobRun.job))) == {JOB}
