"""Attempts, reads, tokens and terminals, with no right but the service's own."""

import pytest

from tests.http.conftest import app, browser, client
from tests.http.test_attempts import (
    test_beyond_twenty_of_a_kind_only_their_number_grows,
    test_many_at_once_are_neither_lost_nor_kept_twice,
)
from tests.http.test_oversight_api import test_reads_are_filtered_and_paged
from tests.http.test_terminals import (
    device,
    page,
    test_who_signs_in_on_a_terminal_is_seen_there,
)
from tests.http.test_tokens import (
    test_a_program_revokes_its_owners_tokens,
    test_the_last_use_is_seen_to_the_minute,
)

__all__ = [
    "app",
    "browser",
    "client",
    "device",
    "page",
    "test_a_program_revokes_its_owners_tokens",
    "test_beyond_twenty_of_a_kind_only_their_number_grows",
    "test_many_at_once_are_neither_lost_nor_kept_twice",
    "test_reads_are_filtered_and_paged",
    "test_the_last_use_is_seen_to_the_minute",
    "test_who_signs_in_on_a_terminal_is_seen_there",
]


@pytest.fixture
def database_url(app_url: str) -> str:
    """Every fixture above stands on books that the service's role has opened."""
    return app_url
