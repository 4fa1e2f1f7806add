"""The signature policy is read and accepted once per text, before the first signature.

Source: 21 CFR 11.10(j).
"""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from inventory.credentials.policy import POLICY_VERSION
from inventory.journal import book
from inventory.models.people import Membership
from tests.clinic import PASSWORD, Clinic
from tests.http.browsers import browser_of, form_token, send_form


@pytest.fixture
def pat(app: Flask, clinic: Clinic) -> FlaskClient:
    """The browser of a pharmacist who accepted an earlier text."""
    with clinic.database.transaction() as db:
        theirs = Membership.person_id == clinic.pharmacist.id
        db.execute(update(Membership).where(theirs).values(policy_version="0"))
    return browser_of(app, clinic, clinic.pharmacist)


def _accepted(clinic: Clinic) -> list[str]:
    with clinic.database.reading() as db:
        told = book.read(db, clinic.registration_id, subject=clinic.pharmacist.id)
        bodies = [json.loads(event.body) for event in told]
    return [
        body["data"]["version"] for body in bodies if body["tag"] == "policy:accepted"
    ]


@pytest.mark.usefixtures("pat")
def test_signing_in_leads_by_the_policy_and_on(
    clinic: Clinic, browser: FlaskClient
) -> None:
    form = {"sign_in_name": "pat", "password": PASSWORD, "next": "/account?a=1"}
    answer = browser.post("/sign-in", data=form | {"csrf_token": form_token(browser)})
    assert answer.location == "/policy?next=%2Faccount%3Fa%3D1"
    onward = {"accepted": "yes", "next": "/account?a=1"}
    done = send_form(browser, answer.location, onward, to="/policy")
    assert (done.status_code, done.location) == (303, "/account?a=1")
    assert _accepted(clinic) == [POLICY_VERSION]
    assert "You have accepted this" in browser.get("/policy").text


def test_whoever_accepted_it_goes_straight_on(
    clinic: Clinic, browser: FlaskClient
) -> None:
    form = {"sign_in_name": "cleo", "password": PASSWORD, "next": "/account"}
    answer = browser.post("/sign-in", data=form | {"csrf_token": form_token(browser)})
    assert answer.location == "/account"
    assert _accepted(clinic) == []


def test_without_the_tick_nothing_is_accepted(clinic: Clinic, pat: FlaskClient) -> None:
    answer = send_form(pat, "/policy", {})
    assert answer.status_code == 422
    assert "This is required" in answer.text
    assert _accepted(clinic) == []
    assert "Read and accept it" in pat.get("/account").text


def test_accepting_twice_is_recorded_once(clinic: Clinic, pat: FlaskClient) -> None:
    page = pat.get("/policy")
    send_form(pat, "/policy", {"accepted": "yes"})
    assert page.status_code == 200
    token = {"csrf_token": form_token(pat), "idempotency_key": "another"}
    answer = pat.post("/policy", data=token | {"accepted": "yes"})
    assert answer.status_code == 303
    assert _accepted(clinic) == [POLICY_VERSION]


@pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example"])
def test_accepting_leads_to_our_own_pages_only(pat: FlaskClient, next_: str) -> None:
    answer = send_form(pat, "/policy", {"accepted": "yes", "next": next_})
    assert answer.location == "/"
