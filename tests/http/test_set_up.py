"""A one-time link: whose it is sets the password, nobody else ever knows it."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from inventory.credentials import factors, setup_links
from inventory.credentials.setup_links import LinkIssued
from inventory.models.people import Person
from tests.clinic import Clinic
from tests.http.browsers import form_token

PASSWORD = "quartz lantern beneath umbrella"
SHORT = "qzv wmxpl"
_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def link(clinic: Clinic) -> LinkIssued:
    """A link for the witness, who has no password yet."""
    with clinic.database.transaction() as db:
        factors.reset(db, clinic.colleague.id, now=clinic.clock.now())
        return setup_links.issue(
            db,
            clinic.colleague.id,
            clinic.registration_id,
            purpose=setup_links.FIRST,
            created_by=clinic.administrator.id,
            approved_by=None,
            now=clinic.clock.now(),
        )


def _follow(browser: FlaskClient, link: LinkIssued) -> str:
    answer = browser.get(f"/set-up/{link.secret}")
    assert (answer.status_code, answer.location) == (303, "/set-up")
    return browser.get("/set-up").text


def _send(browser: FlaskClient, page: str, **fields: str) -> TestResponse:
    form = page.partition('action="/set-up"')[2].partition("</form>")[0]
    return browser.post("/set-up", data=dict(_HIDDEN.findall(form)) | fields)


def _sign_in(app: Flask, password: str, **more: str) -> TestResponse:
    browser = app.test_client()
    form = {"sign_in_name": "wim", "password": password} | more
    form["csrf_token"] = form_token(browser)
    return browser.post("/sign-in", data=form)


def test_a_link_sets_the_password_once(
    app: Flask, clinic: Clinic, browser: FlaskClient, link: LinkIssued
) -> None:
    page = _follow(browser, link)
    assert "Welcome, Wim Witness" in page
    assert "Harbor Infusion Clinic" in page
    answer = _send(browser, page, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Your password is set" in browser.get("/sign-in").text
    assert _sign_in(app, PASSWORD).status_code == 303
    late = app.test_client()
    late.get(f"/set-up/{link.secret}")
    assert late.get("/set-up").status_code == 404
    again = _send(late, page, password=f"{PASSWORD} 2", again=f"{PASSWORD} 2")
    assert again.status_code == 400  # the form of another browser
    with clinic.database.reading() as db:
        assert db.get_one(Person, clinic.colleague.id).password_length == len(PASSWORD)


@pytest.mark.parametrize("secret", ["", "absent", "x" * 300])
def test_an_unknown_an_expired_and_a_used_link_look_alike(
    app: Flask, clinic: Clinic, link: LinkIssued, secret: str
) -> None:
    clinic.clock.advance(setup_links.LIFETIME)
    shown = []
    for tried in (secret, link.secret):
        browser = app.test_client()
        browser.get(f"/set-up/{tried}")
        answer = browser.get("/set-up")
        shown.append((answer.status_code, answer.text.partition("<footer>")[0]))
    assert shown[0] == shown[1]
    assert shown[0][0] == 404


def test_a_form_left_open_until_the_link_expires_is_refused(
    app: Flask, clinic: Clinic, browser: FlaskClient, link: LinkIssued
) -> None:
    page = _follow(browser, link)
    clinic.clock.advance(setup_links.LIFETIME + timedelta(seconds=1))
    answer = _send(browser, page, password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 404
    assert "Ask your administrator for a new one" in answer.text
    assert _sign_in(app, PASSWORD).status_code == 401


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        (SHORT, SHORT, "15 to 256 characters"),
        (PASSWORD, SHORT, "differs from the first"),
        ("wim witness harbor", "wim witness harbor", "among the first"),
        ("", "", "This is required"),
    ],
)
def test_a_refused_password_is_asked_for_again_and_the_link_still_works(
    browser: FlaskClient, link: LinkIssued, password: str, again: str, sentence: str
) -> None:
    page = _follow(browser, link)
    answer = _send(browser, page, password=password, again=again)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert SHORT not in answer.text
    done = _send(browser, answer.text, password=PASSWORD, again=PASSWORD)
    assert done.status_code == 303


def test_with_an_authenticator_a_shorter_password_is_enough(
    app: Flask, clinic: Clinic, browser: FlaskClient, link: LinkIssued
) -> None:
    page = _follow(browser, link)
    token = dict(_HIDDEN.findall(page))["csrf_token"]
    label = {"csrf_token": token, "label": "My phone"}
    shown = browser.post("/set-up/authenticator", data=label).text
    totp = pyotp.TOTP(dict(_HIDDEN.findall(shown))["secret"])
    short = {"password": SHORT, "again": SHORT}
    unsaid = _send(browser, shown, **short)
    assert "Type the code that the app shows now" in unsaid.text
    wrong = _send(browser, unsaid.text, code="000000", **short)
    assert "not the code the app shows now" in wrong.text
    code = totp.at(clinic.clock.now())
    done = _send(browser, wrong.text, code=code, **short)
    assert done.status_code == 200
    assert done.text.count("<code>") == 10
    assert _sign_in(app, SHORT).status_code == 401
    clinic.clock.advance(timedelta(seconds=30))
    assert _sign_in(app, SHORT, code=totp.at(clinic.clock.now())).status_code == 303


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_secret_leaves_the_address_and_enters_no_log(
    browser: FlaskClient, link: LinkIssued
) -> None:
    with capture_logs() as lines:
        answer = browser.get(f"/set-up/{link.secret}")
        page = browser.get(answer.location)
    assert answer.headers["Cache-Control"] == "no-store"
    assert link.secret not in answer.location + page.text + str(lines)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_authenticator_is_not_begun_without_a_link(browser: FlaskClient) -> None:
    form = {"csrf_token": form_token(browser), "label": "My phone"}
    assert browser.post("/set-up/authenticator", data=form).status_code == 404
