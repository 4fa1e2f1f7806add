"""Stories are told to the application that the API tests use."""

import pytest

from inventory.catalog.commands import load_catalogue
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.conftest import app, client
from tests.stories.narrator import Narrator

__all__ = ["app", "client"]


@pytest.fixture
def story(client: ApiClient, clinic: Clinic) -> Narrator:
    """A story at the clinic, which knows the products that are shipped."""
    with clinic.database.transaction() as db:
        load_catalogue(db)
    return Narrator(client=client, clinic=clinic)
