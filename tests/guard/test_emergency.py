"""The service's own role cannot let anybody review themselves (invariant I37)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from inventory.db import Database
from inventory.guard.roles import DatabaseRole
from inventory.kernel.clock import FrozenClock
from tests.clinic import open_clinic
from tests.guard.conftest import Installation, plain_engine
from tests.steps import Steps

_REVIEW = (
    "UPDATE emergency_accesses SET reviewed_at = started_at, reviewed_by = person_id"
)

ATTEMPTS = {
    "review oneself": _REVIEW,
    "be reviewed by nobody": "UPDATE emergency_accesses SET reviewed_at = started_at",
    "make it somebody else's": "UPDATE emergency_accesses SET person_id = 'per_other'",
    "make it longer": (
        "UPDATE emergency_accesses SET ends_at = ends_at + interval '1 day'"
    ),
    "move its start": (
        "UPDATE emergency_accesses SET started_at = started_at + interval '1 minute'"
    ),
    "remove the task": "DELETE FROM emergency_accesses",
    "remove every task": "TRUNCATE emergency_accesses",
    "have it reviewed from the start": (
        "INSERT INTO emergency_accesses SELECT 'emg_new', registration_id, person_id, "
        "started_at, ends_at, ended_at, person_id, started_at FROM emergency_accesses"
    ),
    "remove the alert": "DELETE FROM alerts",
    "make the alert about nobody": "UPDATE alerts SET person_id = NULL",
    "make the alert say something else": "UPDATE alerts SET kind = 'nothing'",
}


@pytest.fixture(scope="module")
def engines(installation: Installation) -> Iterator[tuple[Engine, Engine]]:
    """The service, and an observer, of books with one emergency access."""
    with installation.database() as name:
        database = Database(installation.server.url(name))
        clock = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
        Steps(open_clinic(database, clock)).start_emergency()
        database.dispose()
        with (
            plain_engine(installation.url(name, DatabaseRole.APP)) as service,
            plain_engine(installation.server.url(name)) as observer,
        ):
            yield service, observer


@pytest.mark.parametrize("statement", ATTEMPTS.values(), ids=ATTEMPTS)
def test_the_service_cannot(engines: tuple[Engine, Engine], statement: str) -> None:
    service, observer = engines
    before = _rows(observer)
    with service.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(statement))
    assert _rows(observer) == before


def test_the_service_can_record_the_review_of_another(
    engines: tuple[Engine, Engine],
) -> None:
    service, observer = engines
    before = _rows(observer)
    other = "(SELECT id FROM people WHERE sign_in_name = 'olga')"
    with service.connect() as connection:
        connection.execute(text(_REVIEW.replace("= person_id", f"= {other}")))
    assert _rows(observer) != before


def _rows(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [
            row
            for table in ("emergency_accesses", "alerts")
            for row in connection.scalars(text(f"SELECT t::text FROM {table} t"))
        ]
