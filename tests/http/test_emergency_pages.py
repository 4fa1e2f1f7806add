"""Emergency access in the browser: started signed, in sight, reviewed by another."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clinic import PASSWORD, Clinic
from tests.http.browsers import browser_of
from tests.steps import Steps
from tests.steps.emergencies import HOUR, REASON, WORDS

BANNER = "Everything you do is reviewed"
TASK = "Emergency access without a review"
Browsers = Callable[[str], FlaskClient]

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


def _send(
    browser: FlaskClient, page: str, to: str | None = None, **fields: str
) -> TestResponse:
    """Fill in the last form of a page, with its hidden inputs, and send it."""
    form = browser.get(page).text.rpartition("<form")[2]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return browser.post(to or page, data=hidden | fields, follow_redirects=True)


def _start(browser: FlaskClient, books: str, **changes: str) -> TestResponse:
    fields = {"reason": REASON, "own_password": PASSWORD}
    return _send(browser, f"{books}/emergency", **(fields | changes))


def test_it_is_started_with_a_reason_and_a_signature(
    of: Browsers, books: str, ward: Steps
) -> None:
    assert "Give it back now" in _start(of("colleague"), books).text
    told = ward.told(ward.size())
    assert told["tag"] == "emergency:started"
    assert told["actor"]["factors"] == ["password"]
    assert told["actor"]["source"].startswith("sgn_")


@pytest.mark.parametrize("password", ["", "not the password of anybody"])
def test_without_a_signature_nothing_starts(
    of: Browsers, books: str, ward: Steps, password: str
) -> None:
    answer = _start(of("colleague"), books, own_password=password)
    assert answer.status_code == 422
    assert REASON in answer.text
    assert ward.size() == 0


def test_a_second_signature_of_a_sign_in_is_a_full_one_too(
    of: Browsers, books: str, ward: Steps
) -> None:
    browser = of("colleague")
    _start(browser, books)
    _send(browser, f"{books}/emergency", f"{books}/emergency/end")
    assert _start(browser, books, own_password="").status_code == 422
    assert ward.size() == 2


def test_it_is_in_sight_on_every_page_while_it_runs(
    of: Browsers, books: str, clinic: Clinic
) -> None:
    browser = of("colleague")
    _start(browser, books)
    assert BANNER in browser.get(f"{books}/").text
    assert "until 10:00" in browser.get("/", follow_redirects=True).text
    assert BANNER in browser.get(f"{books}/alerts").text  # which refuses
    clinic.clock.advance(HOUR)
    assert BANNER not in of("colleague").get("/").text


def test_giving_it_back_takes_the_banner_away(of: Browsers, books: str) -> None:
    browser = of("colleague")
    _start(browser, books)
    page = _send(browser, f"{books}/emergency", f"{books}/emergency/end").text
    assert "Start emergency access" in page
    assert BANNER not in page


def test_the_start_page_shows_it_to_others_until_it_is_reviewed(
    of: Browsers, books: str, clinic: Clinic, ward: Steps
) -> None:
    access_id = ward.start_emergency().access_id
    clinic.clock.advance(HOUR)
    browser = of("clinician")
    assert TASK in browser.get(f"{books}/").text
    ward.review_emergency(access_id)
    assert TASK not in browser.get(f"{books}/").text


def test_an_officer_reads_what_was_done_and_signs_a_finding(
    of: Browsers, books: str, clinic: Clinic, ward: Steps
) -> None:
    access_id = ward.start_emergency().access_id
    ward.open_session(actor=ward.now(clinic.colleague))
    clinic.clock.advance(HOUR)
    browser, one = of("officer"), f"{books}/emergency-accesses/{access_id}"
    listed = browser.get(f"{books}/emergency-accesses").text
    assert "waiting for 1 h 0 min" in listed
    shown = browser.get(one).text
    assert REASON in shown
    assert "Session opened" in shown
    signed = _send(
        browser, one, finding="justified", words=WORDS, own_password=PASSWORD
    ).text
    assert WORDS in signed
    assert "Sign the review" not in signed
    told = ward.told(ward.size())
    assert (told["tag"], told["actor"]["meaning"]) == ("emergency:reviewed", "review")
    assert clinic.officer.name in browser.get(f"{books}/emergency-accesses").text


def test_a_review_that_is_not_signed_keeps_what_was_typed(
    of: Browsers, books: str, clinic: Clinic, ward: Steps
) -> None:
    access_id = ward.start_emergency().access_id
    clinic.clock.advance(HOUR)
    one = f"{books}/emergency-accesses/{access_id}"
    answer = _send(of("officer"), one, finding="not_justified", words=WORDS)
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert 'value="not_justified" selected' in answer.text
    assert ward.size() == 1


@pytest.mark.parametrize(
    ("who", "says"),
    [("administrator", "It awaits a manager"), ("manager", "Sign the review")],
)
def test_only_reviewers_are_shown_the_form(
    of: Browsers, books: str, clinic: Clinic, ward: Steps, who: str, says: str
) -> None:
    access_id = ward.start_emergency().access_id
    clinic.clock.advance(HOUR)
    assert says in of(who).get(f"{books}/emergency-accesses/{access_id}").text


@pytest.mark.parametrize(
    ("who", "status"),
    [("pharmacist", 200), ("colleague", 200), ("officer", 403), ("stranger", 404)],
)
def test_the_page_to_start_it_is_for_those_who_may(
    of: Browsers, books: str, who: str, status: int
) -> None:
    assert of(who).get(f"{books}/emergency").status_code == status


def test_alerts_are_counted_in_the_header_and_looked_into(
    of: Browsers, books: str, ward: Steps
) -> None:
    ward.start_emergency()
    browser, page = of("manager"), f"{books}/alerts"
    assert '<mark class="waiting">1</mark>' in browser.get(f"{books}/").text
    shown = browser.get(page).text
    assert "Wim Witness started emergency access." in shown
    (to,) = re.findall(rf'action="({page}/[^"]+)"', shown)
    after = _send(browser, page, to).text
    assert "Nothing is waiting" in after
    assert "waiting</mark>" not in after


@pytest.mark.parametrize(
    ("who", "status"), [("administrator", 200), ("pharmacist", 403), ("stranger", 404)]
)
def test_alerts_are_for_those_who_read_the_access(
    of: Browsers, books: str, who: str, status: int
) -> None:
    answer = of(who).get(f"{books}/alerts")
    assert answer.status_code == status
