"""A browser that is signed in already, and the forms that it sends."""

import re
from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.credentials import sign_ins
from inventory.kernel.actors import Actor
from inventory.web.cookies import SIGN_IN_COOKIE
from tests.clinic import Clinic

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')


def browser_of(
    app: Flask, clinic: Clinic, person: Actor, *, terminal_id: str | None = None
) -> FlaskClient:
    """Give a browser in which a person signed in by password, just now."""
    with clinic.database.transaction() as db:
        secret = sign_ins.begin(
            db,
            person,
            ("password",),
            terminal_id=terminal_id,
            browser="test",
            network="127.0.0.1",
            now=clinic.clock.now(),
            limit=99,
        )
    browser = app.test_client()
    browser.set_cookie(SIGN_IN_COOKIE, secret)
    return browser


def form_token(browser: FlaskClient) -> str:
    """Give the token against forged forms that is good in this browser."""
    found = _TOKEN.search(browser.get("/sign-in").text)
    assert found, "the sign-in page has a form"
    return found[1]


def send_form(
    browser: FlaskClient,
    page: str,
    fields: Mapping[str, str],
    *,
    to: str | None = None,
) -> TestResponse:
    """Fill in the first form of a page and send it; `to` is its address if another."""
    shown = browser.get(page).text
    token, key = _TOKEN.search(shown), _KEY.search(shown)
    assert token, f"{page} has a form"
    assert key, f"the form of {page} has a key"
    hidden = {"csrf_token": token[1], "idempotency_key": key[1]}
    return browser.post(to or page, data={**hidden, **fields})
