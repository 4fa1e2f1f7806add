"""The whole application, who asks it, and the same in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import application
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.security.served import Served


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The quicker engine, unless a test asks for another: the edge does not differ."""
    name: str = getattr(request, "param", "sqlite")
    return name


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The whole application, over a clinic's books."""
    return application(tmp_path, database=clinic.database, clock=clinic.clock)


@pytest.fixture
def client(app: Flask, clinic: Clinic) -> ApiClient:
    """A program that asks the API."""
    return ApiClient(app, clinic)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service as an installation runs it, over empty books."""
    with Served(tmp_path_factory.mktemp("served")) as service:
        yield service
