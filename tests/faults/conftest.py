"""The application over a clinic's books, to be struck."""

from pathlib import Path

import pytest
import structlog
from flask import Flask

from tests.application import application
from tests.clinic import Clinic


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    """Make log lines and drop them: every failure here is on purpose."""
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(default=str)],
        logger_factory=structlog.testing.ReturnLoggerFactory(),
    )


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The whole application."""
    return application(tmp_path, database=clinic.database, clock=clinic.clock)
