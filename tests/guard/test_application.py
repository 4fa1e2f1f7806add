"""The whole application runs as the service's own role, with no right too few."""

import pytest

from tests.http.conftest import app, client
from tests.stories.conftest import story
from tests.stories.test_a_whole_day import (
    test_a_whole_day_with_one_vial_missing_in_the_evening,
)

__all__ = [
    "app",
    "client",
    "story",
    "test_a_whole_day_with_one_vial_missing_in_the_evening",
]


@pytest.fixture
def database_url(app_url: str) -> str:
    """Every fixture above stands on books that the service's role has opened."""
    return app_url
