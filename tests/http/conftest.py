"""The application over a clinic's books, and clients of it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import application
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.sample_api import sample_blueprint


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The whole application, and one feature made up for tests."""
    return application(
        tmp_path,
        database=clinic.database,
        clock=clinic.clock,
        extra=[sample_blueprint()],
    )


@pytest.fixture
def client(app: Flask, clinic: Clinic) -> ApiClient:
    """A program that asks the API."""
    return ApiClient(app, clinic)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()
