"""What an address demands is checked before anything is done or told."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inventory.web.access import PUBLIC, stated_access
from tests.http.api_client import ApiClient
from tests.http.browsers import form_token

NOTE = {"text": "hello", "amount": "1 mg"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_person_without_the_permission_is_refused(client: ApiClient) -> None:
    path = f"{client.books}/notes"
    answer = client.post(path, NOTE, by=client.clinic.clinician)
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert answer.json["data"] == {"permission": "receive"}
    assert client.events() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_registration_looks_exactly_like_one_that_is_absent(
    client: ApiClient, method: str
) -> None:
    ask = getattr(client, method)
    ids = (client.clinic.elsewhere_id, "reg_00000000000000000000000000", "x")
    answers = [ask(f"/api/v1/registrations/{id_}/notes").json for id_ in ids]
    for answer in answers:
        del answer["request_id"]
    assert answers[0]["code"] == "not_found"
    assert answers[0] == answers[1] == answers[2]


def test_a_stranger_cannot_write(client: ApiClient) -> None:
    path = f"{client.books}/notes"
    answer = client.post(path, NOTE, by=client.clinic.stranger)
    assert answer.status_code == 404
    assert client.events() == 0


@pytest.mark.parametrize("name", ["a%00b", "%0A", "%C2%85"])
def test_an_address_with_control_characters_names_nothing(
    client: ApiClient, name: str
) -> None:
    assert client.get(f"{client.books}/notes/{name}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=5", 200),
        ("", 200),
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=05", 422),
        ("limit=+5", 422),
        ("limit=%EF%BC%95", 422),
        ("limit=5&limit=5", 400),
        ("limit=5%00", 400),
        ("other=1", 422),
    ],
)
def test_a_query_string_is_read_strictly(
    client: ApiClient, query: str, status: int
) -> None:
    assert client.get(f"{client.books}/notes?{query}").status_code == status


def test_every_address_that_is_not_public_asks_who_it_is(app: Flask) -> None:
    """From the map of addresses itself: whoever says nothing is told nothing."""
    stranger = app.test_client()
    silent = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if stated_access(app.view_functions[rule.endpoint]) is not PUBLIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not _asks_who(stranger, method, re.sub(r"<[^>]+>", "x", rule.rule))
    ]
    assert silent == []


def _asks_who(stranger: FlaskClient, method: str, path: str) -> bool:
    if path.startswith("/api/"):
        headers = {"Idempotency-Key": "x"}
        answer = stranger.open(path, method=method, json={}, headers=headers)
        return answer.status_code == 401
    form = {"csrf_token": form_token(stranger), "idempotency_key": "x"}
    sent = form if method == "POST" else None
    answer = stranger.open(path, method=method, data=sent)
    return answer.status_code == 401 or answer.location.startswith("/sign-in")
