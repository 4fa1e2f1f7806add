"""The application over a clinic's books, to be struck."""

from pathlib import Path

import pytest
from flask import Flask

from tests.application import application
from tests.clinic import Clinic


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The whole application."""
    return application(tmp_path, database=clinic.database, clock=clinic.clock)
