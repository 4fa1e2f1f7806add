"""Waste in the browser: asked on one screen, signed on it or on another."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inventory.kernel.actors import Actor
from inventory.models.credentials import SignIn
from inventory.models.waste import WasteRequest
from tests.application import application
from tests.clinic import PASSWORD, Clinic
from tests.credentials import add_authenticator
from tests.http.browsers import browser_of
from tests.steps import Steps

Browsers = Callable[[str], FlaskClient]
WASTE = {"amount": "0.287 mL", "manner": "sequestration_device", "place": "Room 2"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """The clinic whose pages are looked at."""
    return Steps(clinic)


@pytest.fixture
def of(app: Flask, clinic: Clinic) -> Browsers:
    """Gives the browser of somebody, signed in just now."""
    return lambda who: browser_of(app, clinic, getattr(clinic, who))


@pytest.fixture
def books(clinic: Clinic) -> str:
    """The address of the clinic's pages."""
    return f"/registrations/{clinic.registration_id}"


def _send(browser: FlaskClient, page: str, to: str, **fields: str) -> TestResponse:
    """Fill in the form of a page that goes to an address, and send it."""
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text
    forms = shown.text.split("<form")[1:]
    action = f'action="{to}"'
    form = next(
        each
        for each in forms
        if action in each or (to == page and "action=" not in each)
    )
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return browser.post(to, data=hidden | fields, follow_redirects=True)


def _ask(browser: FlaskClient, books: str, ward: Steps, **changes: str) -> TestResponse:
    page = f"{books}/sessions/{ward.drawn_session('1 mL')}/waste"
    return _send(browser, page, page, **(WASTE | {"own_password": PASSWORD} | changes))


def _co_sign(browser: FlaskClient, page: str, **changes: str) -> TestResponse:
    fields = {"sign_in_name": "wim", "password": PASSWORD}
    return _send(browser, page, page, **(fields | changes))


def _asked(ward: Steps, books: str) -> str:
    """Ask for a witness; gives the address of the request without its last part."""
    asked = ward.ask(ward.drawn_session("1 mL"), "0.287 mL")
    return f"{books}/waste-requests/{asked.shown.request_id}"


def test_the_remainder_is_shown_and_asked_for_and_signed(
    of: Browsers, books: str, ward: Steps
) -> None:
    answer = _ask(of("clinician"), books, ward)
    assert "Waste before a witness" in answer.text
    for seen in (
        "14.35 mg · 0.287 mL",
        "Ketalar 50 mg/mL, 10 mL vial",
        "Container 1, lot A1",
        "In a sequestration device, Room 2",
        "Cleo Clinician",
        "10 minutes from now",
    ):
        assert seen in answer.text
    told = ward.told(ward.size())
    assert (told["tag"], told["actor"]["factors"]) == ("waste:requested", ["password"])
    assert told["actor"]["source"].startswith("sgn_")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "2 mL"}, "more than"),
        ({"amount": "0.287"}, "unit"),
        ({"own_password": "not the password at all"}, "signature"),
        ({"own_password": ""}, "password"),
    ],
)
def test_a_refused_form_is_shown_again_as_it_was_filled_in(
    of: Browsers, books: str, ward: Steps, changes: dict[str, str], said: str
) -> None:
    answer = _ask(of("clinician"), books, ward, **changes)
    assert answer.status_code in (409, 422)
    assert "Room 2" in answer.text
    assert said in answer.text.lower()
    assert ward.told(ward.size())["tag"] == "session:drawn"


def test_the_witness_signs_on_the_same_screen_and_nobody_is_signed_in_or_out(
    of: Browsers, books: str, ward: Steps, clinic: Clinic
) -> None:
    browser, page = of("clinician"), f"{_asked(ward, books)}/co-sign"
    with clinic.database.reading() as db:
        before = list(db.scalars(select(SignIn.id)))
    answer = _co_sign(browser, page)
    assert "Recorded." in answer.text
    assert "Witnessed by Wim Witness" in answer.text
    assert "Cleo Clinician" in browser.get(page).text
    with clinic.database.reading() as db:
        assert list(db.scalars(select(SignIn.id))) == before
    told = ward.told(ward.size())
    assert told["witness"]["name"] == "Wim Witness"
    assert told["witness"]["factors"] == ["password"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "not the password at all"}, "witness"),
        ({"sign_in_name": "nobody"}, "witness"),
        ({"sign_in_name": "cleo"}, "The witness must be a second person"),
        ({"sign_in_name": "olga"}, "may not witness at this site"),
        ({"sign_in_name": ""}, "own name and password"),
        ({"password": ""}, "own name and password"),
    ],
)
def test_whoever_is_no_witness_is_told_so_on_the_page(
    of: Browsers, books: str, ward: Steps, changes: dict[str, str], said: str
) -> None:
    page = f"{_asked(ward, books)}/co-sign"
    before = ward.size()
    answer = _co_sign(of("clinician"), page, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert ward.size() == before


def test_a_page_that_shows_another_entry_does_not_sign_this_one(
    of: Browsers, books: str, ward: Steps
) -> None:
    page = f"{_asked(ward, books)}/co-sign"
    answer = _co_sign(of("clinician"), page, digest="0" * 64)
    assert answer.status_code == 409
    assert "differs from the one the witness was shown" in answer.text


def test_the_witness_finds_it_on_their_own_device_and_signs_there(
    of: Browsers, books: str, ward: Steps
) -> None:
    request_id = _asked(ward, books).rpartition("/")[2]
    browser = of("colleague")
    listed = browser.get("/", follow_redirects=True)
    assert "Waste that awaits a witness" in listed.text
    assert "14.35 mg · 0.287 mL" in listed.text
    assert "10 min left to sign" in listed.text
    page = f"{books}/witness/{request_id}"
    answer = _send(browser, page, page, password=PASSWORD)
    assert "Witnessed by Wim Witness" in answer.text
    told = ward.told(ward.size())
    assert told["data"]["entered_by"]["name"] == "Wim Witness"
    assert "Nothing awaits a witness" in browser.get(f"{books}/witness").text


def test_a_witness_signs_with_all_components_even_when_signed_in(
    of: Browsers, books: str, ward: Steps, clinic: Clinic
) -> None:
    phone = add_authenticator(clinic, clinic.colleague)
    page = f"{books}/witness/{_asked(ward, books).rpartition('/')[2]}"
    browser = of("colleague")
    half = _send(browser, page, page, password=PASSWORD)
    assert half.status_code == 422
    code = phone.at(clinic.clock.now())
    whole = _send(browser, page, page, password=PASSWORD, code=code)
    assert "Witnessed by Wim Witness" in whole.text
    assert sorted(ward.told(ward.size())["witness"]["factors"]) == ["password", "totp"]


def test_who_asked_is_not_offered_to_sign(
    of: Browsers, books: str, ward: Steps
) -> None:
    request_id = _asked(ward, books).rpartition("/")[2]
    shown = of("clinician").get(f"{books}/witness/{request_id}").text
    assert "somebody else is its witness" in shown
    assert 'name="password"' not in shown


def test_a_late_request_says_so_and_can_be_cancelled_with_a_reason_that_is_kept(
    of: Browsers, books: str, ward: Steps, clinic: Clinic
) -> None:
    request = _asked(ward, books)
    clinic.clock.advance(timedelta(minutes=11))
    browser = of("clinician")
    page = f"{request}/co-sign"
    assert "Too late to sign" in browser.get(page).text
    cancellation = f"{request}/cancellation"
    nothing = _send(browser, page, cancellation, reason="")
    assert nothing.status_code == 422
    done = _send(browser, page, cancellation, reason="Nobody was free")
    assert "Cancelled" in done.text
    assert "Nobody was free" in done.text


def test_a_pending_waste_outlives_sign_outs_and_restarts(
    app: Flask, of: Browsers, books: str, ward: Steps, clinic: Clinic, tmp_path: Path
) -> None:
    request = _asked(ward, books)
    assert of("clinician").get(f"{request}/co-sign").status_code == 200
    clinic.clock.advance(timedelta(hours=13))  # every sign-in has ended
    restarted = application(tmp_path, database=clinic.database, clock=clinic.clock)
    assert restarted is not app
    browser = browser_of(restarted, clinic, clinic.clinician)
    assert "awaits a witness" in browser.get(f"{books}/").text
    cancelled = _send(
        browser, f"{request}/co-sign", f"{request}/cancellation", reason="A new day"
    )
    assert "A new day" in cancelled.text


def test_two_witnesses_are_asked_for_and_named(
    of: Browsers, books: str, ward: Steps
) -> None:
    ward.rule("second_witness_percent", "100")
    page = f"{_asked(ward, books)}/co-sign"
    browser = of("clinician")
    assert "Chance asked for two witnesses" in browser.get(page).text
    first = _co_sign(browser, page)
    assert "Signed by Wim Witness. One more witness" in first.text
    again = _co_sign(browser, page)
    assert "has signed this waste already" in again.text
    second = _co_sign(browser, page, sign_in_name="pat")
    assert "Witnessed by Wim Witness and Pat Pharmacist" in second.text


def test_a_pair_that_always_signs_together_is_told(
    of: Browsers, books: str, ward: Steps
) -> None:
    session_id = ward.drawn_session("5 mL")
    for _ in range(10):
        ward.witness(ward.ask(session_id, "0.1 mL"))
    shown = of("clinician").get(f"{_asked(ward, books)}/co-sign").text
    assert "Wim Witness has witnessed 10 of your last 10 wastes" in shown


def test_the_start_page_leads_to_waste_and_witness(
    of: Browsers, books: str, ward: Steps
) -> None:
    request_id = _asked(ward, books).rpartition("/")[2]
    ward.drawn_session("1 mL")
    pharmacist = of("pharmacist").get(f"{books}/").text
    assert f"{books}/witness/{request_id}" in pharmacist
    clinician = of("clinician").get(f"{books}/").text
    assert f"{books}/witness/{request_id}" not in clinician
    assert f"{books}/waste-requests/{request_id}/co-sign" in clinician
    assert re.search(rf"{books}/sessions/ses_\w+/waste", clinician)
    assert "/waste" not in of("officer").get(f"{books}/").text


@pytest.mark.parametrize("page", ["witness/{0}", "waste-requests/{0}/co-sign"])
def test_a_request_of_another_site_is_not_there(
    app: Flask, books: str, ward: Steps, clinic: Clinic, page: str
) -> None:
    request_id = _asked(ward, books).rpartition("/")[2]
    stranger: Actor = clinic.stranger
    elsewhere = f"/registrations/{clinic.elsewhere_id}/{page.format(request_id)}"
    assert browser_of(app, clinic, stranger).get(elsewhere).status_code == 404
    with clinic.database.reading() as db:
        assert db.get(WasteRequest, request_id) is not None
