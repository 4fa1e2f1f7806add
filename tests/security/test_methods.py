"""An address takes the methods it declares; what is asked by GET changes nothing."""

from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from inventory.models.sites import Registration
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.security.addresses import addresses

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "CONNECT")


def test_a_method_that_is_not_declared_is_refused_with_those_that_are(
    app: Flask, client: ApiClient
) -> None:
    routing = app.url_map.bind("localhost")
    for address in addresses(app, client.clinic):
        # Another rule may fit the same path: /set-up/<secret> any of /set-up/....
        declared = frozenset(routing.allowed_methods(address.path))
        assert address.methods <= declared, address
        for method in _METHODS:
            if method in declared:
                continue
            answer = client.open(method, address.path, headers=client.headers())
            assert answer.status_code == 405, (method, address)
            allowed = frozenset(answer.headers["Allow"].split(", "))
            assert allowed == declared, (method, address)
    assert client.events() == 0


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"], indirect=True)
def test_what_a_reader_changes_is_not_kept(clinic: Clinic) -> None:
    with suppress(DBAPIError), clinic.database.reading() as db:
        db.execute(update(Registration).values(name="changed"))
    with clinic.database.reading() as db:
        assert "changed" not in db.scalars(select(Registration.name)).all()


def test_a_secret_in_the_address_signs_nobody_in(client: ApiClient) -> None:
    token = client.token()
    for name in ("token", "access_token", "api_key", "authorization"):
        answer = client.open("GET", f"{client.books}/locations?{name}={token}")
        assert answer.status_code in (401, 422), name
