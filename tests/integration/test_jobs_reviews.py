"""The worker beside the service alerts to each review that is overdue, once."""

from datetime import timedelta
from threading import Barrier, Thread

from inventory.emergency.overdue import alert_overdue_reviews
from inventory.jobs.work import Worker
from tests.clinic import Clinic
from tests.signing import LOG_KEYS
from tests.steps import Steps

DAY = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)


def test_the_worker_alerts_to_a_review_that_waits_for_a_day(clinic: Clinic) -> None:
    ward = Steps(clinic)
    access_id = ward.start_emergency().access_id
    worker = Worker(clinic.database, clinic.clock, keys=LOG_KEYS)
    clinic.clock.advance(DAY - MOMENT)
    assert _about(worker, access_id) == []
    clinic.clock.advance(MOMENT)
    assert len(_about(worker, access_id)) == 1
    assert _about(worker, access_id) == []
    assert ward.alerts() == [("emergency_started", None), ("review_overdue", None)]


def test_two_workers_at_once_raise_one_alert(clinic: Clinic) -> None:
    ward = Steps(clinic)
    access_id = ward.start_emergency().access_id
    clinic.clock.advance(DAY)
    together, told = Barrier(2), list[str]()

    def alert() -> None:
        together.wait()
        with clinic.database.transaction() as db:
            told.extend(alert_overdue_reviews(db, clinic.clock.now()))

    threads = [Thread(target=alert) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [access_id]


def _about(worker: Worker, access_id: str) -> list[str]:
    """Do a round; give what it says about one emergency access."""
    return [line for line in worker.round() if access_id in line]
