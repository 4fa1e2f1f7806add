"""The device in front of somebody becomes a terminal, and entries name it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inventory.models.credentials import SignIn
from inventory.web.terminals import TERMINAL_COOKIE
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of, form_token, send_form
from tests.steps import Steps


@pytest.fixture
def page(clinic: Clinic) -> str:
    """The address of the terminals' page."""
    return f"/registrations/{clinic.registration_id}/terminals"


@pytest.fixture
def device(app: Flask, clinic: Clinic, page: str) -> FlaskClient:
    """A browser that a manager registered as a terminal."""
    browser = browser_of(app, clinic, clinic.manager)
    answer = send_form(browser, page, {"label": "Procedure room tablet"})
    assert (answer.status_code, answer.location) == (303, page)
    return browser


def test_the_page_registers_the_browser_it_is_opened_in(
    device: FlaskClient, page: str
) -> None:
    assert device.get_cookie(TERMINAL_COOKIE) is not None
    said = "This device is <strong>Procedure room tablet</strong>"
    assert said in device.get(page).text


def test_the_secret_of_a_terminal_is_out_of_reach_of_scripts(
    app: Flask, clinic: Clinic, page: str
) -> None:
    browser = browser_of(app, clinic, clinic.manager)
    answer = send_form(browser, page, {"label": "Tablet"})
    cookies = answer.headers.getlist("Set-Cookie")
    (cookie,) = (one for one in cookies if one.startswith(TERMINAL_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_who_signs_in_on_a_terminal_is_seen_there(
    device: FlaskClient, client: ApiClient
) -> None:
    form = {"sign_in_name": "ada", "password": PASSWORD}
    form["csrf_token"] = form_token(device)
    assert device.post("/sign-in", data=form).status_code == 303
    clinic = client.clinic
    address = f"{client.books}/terminals"
    (terminal,) = client.get(address, by=clinic.administrator).json
    with clinic.database.reading() as db:
        query = select(SignIn.terminal_id).where(
            SignIn.person_id == clinic.administrator.id
        )
        assert db.scalars(query).one() == terminal["id"]
    page = f"/registrations/{clinic.registration_id}/terminals"
    send_form(device, page, {}, to=f"{page}/{terminal['id']}/revocation")
    assert device.get(page).status_code == 303, "whoever was on it is signed out"


def test_an_entry_names_the_terminal(
    app: Flask, client: ApiClient, device: FlaskClient, page: str
) -> None:
    clinic = client.clinic
    (here,) = client.get(f"{client.books}/terminals", by=clinic.officer).json
    browser = browser_of(app, clinic, clinic.administrator, terminal_id=here["id"])
    send_form(browser, page, {"label": "Desk"})
    assert device.get(page).status_code == 200
    told = _last_entry(clinic)
    assert told["terminal"] == here["id"]


def _last_entry(clinic: Clinic) -> dict[str, str]:
    steps = Steps(clinic)
    author: dict[str, str] = steps.told(steps.size())["actor"]
    return author


def test_a_form_sent_twice_registers_one_device(
    app: Flask, clinic: Clinic, page: str
) -> None:
    browser = browser_of(app, clinic, clinic.manager)
    form = {
        "csrf_token": form_token(browser),
        "idempotency_key": "one-sending",
        "label": "Tablet",
    }
    answers = [browser.post(page, data=form) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, page)] * 2
    assert browser.get(page).text.count("Revoke Tablet") == 1


def test_a_label_that_is_taken_shows_the_form_again(
    app: Flask, clinic: Clinic, device: FlaskClient, page: str
) -> None:
    assert device.get(page).status_code == 200
    other = browser_of(app, clinic, clinic.administrator)
    answer = send_form(other, page, {"label": "Procedure room tablet"})
    assert answer.status_code == 409
    assert 'value="Procedure room tablet"' in answer.text
    assert "Choose another" in answer.text


def test_a_program_revokes_a_terminal(client: ApiClient, device: FlaskClient) -> None:
    clinic = client.clinic
    (here,) = client.get(f"{client.books}/terminals", by=clinic.officer).json
    path = f"{client.books}/terminals/{here['id']}/revocation"
    answer = client.post(path, by=clinic.manager)
    assert (answer.status_code, answer.json["signed_out"]) == (201, 0)
    clinic.clock.advance(timedelta(minutes=1))
    page = f"/registrations/{clinic.registration_id}/terminals"
    assert "This device is" not in device.get(page).text
