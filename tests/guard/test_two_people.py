"""The service's own database role cannot undo what two people must decide (I21).

Direct SQL, past every handler: only the constraints and rights of the database stand.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from inventory.db import Database
from inventory.guard.roles import DatabaseRole
from inventory.kernel.actors import Role
from inventory.kernel.clock import FrozenClock
from tests.clinic import Clinic, open_clinic
from tests.guard.conftest import Installation, plain_engine
from tests.steps import Steps

# Each would, if it went through, leave somebody with what nobody else decided on.
ATTEMPTS = {
    "a second duty": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, duty, granted_at, granted_by)
        VALUES ('grt_x', :pharmacist, :here, 'administrator', 'keeps_house', now(),
        'per_setup')""",
    "a second duty under another's name": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, duty, granted_at, granted_by)
        VALUES ('grt_x', :pharmacist, :here, 'administrator', 'records', now(),
        'per_setup')""",
    "a second duty without one": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, duty, granted_at, granted_by)
        VALUES ('grt_x', :pharmacist, :here, 'administrator', NULL, now(),
        'per_setup')""",
    "another duty while a role has the first": """
        UPDATE memberships SET duty = 'keeps_house' WHERE person_id = :pharmacist""",
    "a second membership": """
        INSERT INTO memberships (person_id, registration_id, duty)
        VALUES (:pharmacist, :here, 'keeps_house')""",
    "another role": """
        UPDATE role_grants SET role = 'clinician' WHERE person_id = :pharmacist""",
    "a role for oneself": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, granted_at, granted_by)
        VALUES ('grt_x', :pharmacist, :here, 'manager', now(), :pharmacist)""",
    "a role approved by who asked": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, granted_at, granted_by, approved_by)
        VALUES ('grt_x', :pharmacist, :here, 'manager', now(), :administrator,
        :administrator)""",
    "a role approved by whom it is for": """
        INSERT INTO role_grants
        (id, person_id, registration_id, role, granted_at, granted_by, approved_by)
        VALUES ('grt_x', :pharmacist, :here, 'manager', now(), :administrator,
        :pharmacist)""",
    "one's own request, approved": """
        UPDATE access_requests SET state = 'approved', decided_at = now(),
        decided_by = requested_by""",
    "a request about oneself, approved": """
        UPDATE access_requests SET state = 'approved', decided_at = now(),
        decided_by = person_id""",
    "a request approved by nobody": """
        UPDATE access_requests SET state = 'approved'""",
    "a request for somebody else": """
        UPDATE access_requests SET person_id = :administrator""",
    "a longer visit": """
        UPDATE role_grants SET ends_at = now() + interval '9 years'
        WHERE role = 'inspector'""",
    "a visit without an end": """
        INSERT INTO memberships (person_id, registration_id, duty)
        VALUES (:stranger, :here, 'inspects');
        INSERT INTO role_grants
        (id, person_id, registration_id, role, duty, granted_at, granted_by)
        VALUES ('grt_x', :stranger, :here, 'inspector', 'inspects', now(),
        'per_setup')""",
    "a role that is gone": "DELETE FROM role_grants",
    "a person who is gone": "DELETE FROM people",
    "another name": "UPDATE people SET name = 'Somebody Else'",
    "a link for oneself": """
        INSERT INTO setup_links (id, person_id, registration_id, purpose,
        secret_sha256, created_by, approved_by, created_at, expires_at)
        VALUES ('lnk_x', :pharmacist, :here, 'reset', 'x', :administrator,
        :pharmacist, now(), now() + interval '1 day')""",
    "a link by one person alone": """
        INSERT INTO setup_links (id, person_id, registration_id, purpose,
        secret_sha256, created_by, approved_by, created_at, expires_at)
        VALUES ('lnk_x', :pharmacist, :here, 'reset', 'x', :administrator,
        :administrator, now(), now() + interval '1 day')""",
}


@pytest.fixture(scope="module")
def prepared(installation: Installation) -> Iterator[tuple[str, Clinic]]:
    """A clinic with a pending request and an inspector."""
    with installation.database() as name:
        database = Database(installation.server.url(name))
        clock = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
        clinic = open_clinic(database, clock)
        steps = Steps(clinic)
        inspector = steps.add_person("ines", "ID")
        steps.give_role(inspector, Role.INSPECTOR, ends_on=date(2026, 11, 5))
        steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
        database.dispose()
        yield name, clinic


@pytest.fixture(scope="module")
def service(
    installation: Installation, prepared: tuple[str, Clinic]
) -> Iterator[Engine]:
    """The database as the service is connected to it."""
    name, _ = prepared
    with plain_engine(installation.url(name, DatabaseRole.APP)) as engine:
        yield engine


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_service_itself_cannot_decide_alone(
    service: Engine, prepared: tuple[str, Clinic], attempt: str
) -> None:
    _, clinic = prepared
    names = {
        "here": clinic.registration_id,
        "pharmacist": clinic.pharmacist.id,
        "administrator": clinic.administrator.id,
        "stranger": clinic.stranger.id,
    }
    in_one = service.execution_options(isolation_level="READ COMMITTED")
    *allowed, refused = ATTEMPTS[attempt].split(";")
    with in_one.connect() as connection:
        for statement in allowed:
            connection.execute(text(statement), names)
        with pytest.raises(DBAPIError):
            connection.execute(text(refused), names)


def test_what_two_people_decide_goes_through(
    service: Engine, prepared: tuple[str, Clinic]
) -> None:
    _, clinic = prepared
    approve = text(
        "UPDATE access_requests SET state = 'approved', decided_at = now(), "
        "decided_by = :manager WHERE state = 'pending'"
    )
    in_one = service.execution_options(isolation_level="READ COMMITTED")
    with in_one.connect() as connection:
        changed = connection.execute(approve, {"manager": clinic.manager.id})
        assert changed.rowcount == 1
        connection.rollback()
