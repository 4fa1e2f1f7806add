"""The whole application over a clinic, and what there is to ask it about."""

from pathlib import Path

import pytest

from tests.application import application
from tests.clinic import Clinic
from tests.contract.furnished import Names, furnish_names
from tests.http.api_client import ApiClient


@pytest.fixture
def client(clinic: Clinic, tmp_path: Path) -> ApiClient:
    """A program that asks the whole application."""
    app = application(tmp_path, database=clinic.database, clock=clinic.clock)
    return ApiClient(app, clinic)


@pytest.fixture
def names(client: ApiClient) -> Names:
    """The names of everything at a clinic that has one of everything."""
    return furnish_names(client)
