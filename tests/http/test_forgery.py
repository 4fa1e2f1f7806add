"""No other site can act in a person's name: every form, every kind of forgery."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inventory.models.base import Base
from inventory.web.problems import MACHINE_PATHS
from tests.clinic import PASSWORD, Clinic

# What a refusal itself leaves behind is the record that it was refused.
_RECORDS_OF_REFUSALS = {"attempts", "suppressed_attempts"}

Forged = tuple[dict[str, str], dict[str, str]]  # fields and headers to add

# Each overrides a form that is right in every other way.
_FORGED: dict[str, Forged] = {
    "no token": ({"csrf_token": ""}, {}),
    "a token of another browser": ({"csrf_token": "IjAwMDAi.aaaaaa.bbbbbb"}, {}),
    "from another origin": ({}, {"Origin": "https://evil.example"}),
    "from another port": ({}, {"Origin": "http://localhost:8081"}),
    "from another scheme": ({}, {"Origin": "https://localhost"}),
    "from an origin that hides": ({}, {"Origin": "null"}),
    "from another site": ({}, {"Sec-Fetch-Site": "cross-site"}),
    "from a sibling of our site": ({}, {"Sec-Fetch-Site": "same-site"}),
    "from another site, with our origin": (
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ),
}
_OURS: dict[str, dict[str, str]] = {
    "by a browser that tells nothing": {},
    "by a browser that tells the origin": {"Origin": "http://localhost"},
    "by a browser that tells the site": {"Sec-Fetch-Site": "same-origin"},
    "sent again by the person": {"Sec-Fetch-Site": "none"},
}


def _forms(app: Flask) -> Iterator[str]:
    """Every address of a form, with identifiers that name nothing."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith(MACHINE_PATHS):
            yield re.sub(r"<[^>]+>", "absent", rule.rule)


def _rows(clinic: Clinic) -> dict[str, int]:
    with clinic.database.reading() as db:
        return {
            name: db.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in _RECORDS_OF_REFUSALS
        }


@pytest.fixture
def token(browser: FlaskClient) -> str:
    """The token of a browser with a person signed in."""
    token = _token(browser)
    form = {"csrf_token": token, "sign_in_name": "pat", "password": PASSWORD}
    assert browser.post("/sign-in", data=form).status_code == 303
    return token


def _token(browser: FlaskClient) -> str:
    found = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert found
    return found[1]


@pytest.mark.parametrize("kind", _FORGED)
def test_a_forged_form_is_refused_everywhere_and_nothing_is_recorded(
    app: Flask, browser: FlaskClient, clinic: Clinic, token: str, kind: str
) -> None:
    fields, headers = _FORGED[kind]
    form: dict[str, Any] = {
        "csrf_token": token,
        "idempotency_key": "one",
        "sign_in_name": "pat",
        "password": PASSWORD,
    }
    before, tried = _rows(clinic), 0
    for address in _forms(app):
        answer = browser.post(address, data=form | fields, headers=headers)
        assert answer.status_code == 400, address
        assert "did not come from a page of this service" in answer.text, address
        tried += 1
    assert tried > 15
    assert _rows(clinic) == before
    assert browser.get("/").status_code != 401


@pytest.mark.parametrize("kind", _OURS)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_form_of_ours_is_taken(browser: FlaskClient, token: str, kind: str) -> None:
    answer = browser.post("/sign-out", data={"csrf_token": token}, headers=_OURS[kind])
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_over_https_a_form_of_ours_needs_no_referrer(app: Flask) -> None:
    browser, here = app.test_client(), "https://books.example"
    shown = browser.get("/sign-in", base_url=here).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    answer = browser.post("/sign-out", base_url=here, data={"csrf_token": token[1]})
    assert answer.status_code == 303
