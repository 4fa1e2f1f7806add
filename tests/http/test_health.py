"""Supervisors learn whether the service lives and may take requests."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from inventory.db import Database
from tests.application import application
from tests.clinic import Clinic


def test_a_service_at_the_right_schema_is_ready(browser: FlaskClient) -> None:
    assert browser.get("/health/live").json == {"live": True}
    answer = browser.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": "answers", "schema": "current"}


def test_a_service_at_another_schema_is_not_ready(
    browser: FlaskClient, clinic: Clinic
) -> None:
    with clinic.database.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = browser.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "answers", "schema": "other"}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_service_without_its_database_lives_but_is_not_ready(
    clinic: Clinic, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'books.db'}")
    app = application(tmp_path, database=database, clock=clinic.clock)
    browser = app.test_client()
    assert browser.get("/health/live").status_code == 200
    answer = browser.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "silent", "schema": "unknown"}
