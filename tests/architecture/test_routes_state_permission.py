"""Every address of the application says what it demands of whoever asks."""

from pathlib import Path

import pytest
from flask import Flask

from inventory.db import Database
from inventory.kernel.actors import Permission
from inventory.kernel.clock import SystemClock
from inventory.web.access import PUBLIC, stated_access
from tests.application import application

# Whoever adds a line here opens an address to the world.
_OPEN_TO_ALL = {
    "/api/v1/openapi.json",
    "/health/live",
    "/health/ready",
    "/set-up",
    "/set-up/<secret>",
    "/set-up/authenticator",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/passkey-challenge",
    "/sign-out",
    "/static/<path:filename>",
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The whole application; no request is made, no database opened."""
    return application(tmp_path, database=Database("sqlite://"), clock=SystemClock())


def test_every_address_states_what_it_demands(app: Flask) -> None:
    assert _silent(app) == []


def test_an_address_that_states_nothing_is_found(app: Flask) -> None:
    app.add_url_rule("/hole", view_func=lambda: "open")
    assert _silent(app) == ["/hole"]


def test_only_the_listed_addresses_are_open_to_all(app: Flask) -> None:
    views = app.view_functions
    rules = app.url_map.iter_rules()
    found = {r.rule for r in rules if stated_access(views[r.endpoint]) is PUBLIC}
    assert found == _OPEN_TO_ALL


def test_every_address_of_a_book_demands_a_permission(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if "registration_id" in rule.arguments:
            access = stated_access(app.view_functions[rule.endpoint])
            assert isinstance(access, Permission), rule.rule


def _silent(app: Flask) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if stated_access(app.view_functions[rule.endpoint]) is None
    ]
