"""The application over a clinic's books, and clients of it."""

from pathlib import Path

import pytest
import structlog
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from config.settings import Settings
from inventory.app import create_app
from tests.clinic import PASSWORDS, Clinic
from tests.http.api_client import ApiClient
from tests.http.features import api_blueprints
from tests.http.sample_api import sample_blueprint


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    """Make log lines and drop them; `capture_logs` of structlog still sees them."""
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(default=str)],
        logger_factory=structlog.testing.ReturnLoggerFactory(),
    )


@pytest.fixture(scope="session")
def blueprints() -> list[Blueprint]:
    """The API of every feature."""
    return api_blueprints()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as good as any."""
    return Settings(
        database_url="unused",
        data_dir=tmp_path,
        demo=False,
        host="127.0.0.1",
        log_level="error",
        port=8000,
        proxies=0,
        secret_key="k" * 32,
    )


@pytest.fixture
def app(clinic: Clinic, settings: Settings, blueprints: list[Blueprint]) -> Flask:
    """The application with every feature, and one made up for tests."""
    return create_app(
        settings,
        database=clinic.database,
        clock=clinic.clock,
        passwords=PASSWORDS,
        blueprints=[*blueprints, sample_blueprint()],
    )


@pytest.fixture
def client(app: Flask, clinic: Clinic) -> ApiClient:
    """A program that asks the API."""
    return ApiClient(app, clinic)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()
