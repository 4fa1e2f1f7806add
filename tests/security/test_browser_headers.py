"""What each answer tells a browser to allow, and what pages are made of."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import inventory.web
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of, form_token
from tests.security.addresses import addresses, answers

_WEB = Path(inventory.web.__file__).parent
_TEMPLATES = sorted((_WEB / "templates").glob("**/*.html"))
_STYLES = sorted((_WEB / "static").glob("**/*.css"))
_POLICY = ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
_SAID = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_A_YEAR_S = 365 * 24 * 60 * 60
# `pages` and `to` are made of url_for; `address` is the organisation's.
_OUR_OWN = ("{{ url_for(", "{{ pages[", "{{ to(", "/", "#")
_TO_THE_ORGANISATION = {"hand_over.html": "{{ address }}"}
# An attribute that makes a browser load or send something.
_LEADS_TO = re.compile(r'(?:src|href|action|data|poster)="([^"]*)"')


@pytest.mark.parametrize("who", ["nobody", "a program"])
def test_every_answer_of_every_address_is_guarded(
    app: Flask, client: ApiClient, clinic: Clinic, who: str
) -> None:
    headers = {} if who == "nobody" else client.headers()
    asked = 0
    for name, answer in answers(app, clinic, headers):
        policy = answer.headers["Content-Security-Policy"]
        assert all(directive in policy for directive in _POLICY), name
        assert {each: answer.headers.get(each) for each in _SAID} == _SAID, name
        is_file = name.partition(" ")[2].startswith("/static/")
        assert is_file is (answer.headers.get("Cache-Control") != "no-store"), name
        asked += 1
    assert asked > 50


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/sign-in", 405), ("POST", "/sign-in", 400)],
)
def test_a_refusal_is_guarded_too(
    browser: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = browser.open(path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in _SAID} == _SAID
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_browser_that_came_over_https_stays_with_it_for_years(
    browser: FlaskClient,
) -> None:
    for path in ("/sign-in", "/nothing", "/static/app.css", "/api/v1/openapi.json"):
        with browser.get(path, base_url="https://books.example") as answer:
            told = answer.headers["Strict-Transport-Security"]
        with browser.get(path) as plain:
            assert "Strict-Transport-Security" not in plain.headers
        (seconds,) = re.findall(r"max-age=(\d+); includeSubDomains", told)
        assert int(seconds) >= _A_YEAR_S, path


def test_signing_out_empties_the_browser(app: Flask, clinic: Clinic) -> None:
    """But not of the cookies of other applications of the domain, nor of ours here."""
    browser = browser_of(app, clinic, clinic.pharmacist)
    form = {"csrf_token": form_token(browser)}
    told = browser.post("/sign-out", data=form).headers["Clear-Site-Data"]
    assert told == '"cache", "storage"'


def test_no_other_site_may_read_an_answer(app: Flask, clinic: Clinic) -> None:
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    for name, answer in answers(app, clinic, asked):
        told = [each for each in answer.headers.keys() if each.startswith("Access-")]  # noqa: SIM118 - of werkzeug, no dict
        assert told == [], name


def test_what_is_read_and_what_is_written_are_different_methods(
    app: Flask, clinic: Clinic
) -> None:
    for address in addresses(app, clinic):
        assert address.methods <= {"GET", "HEAD", "POST", "OPTIONS"}, address
    for rule in app.url_map.iter_rules():
        assert not {"GET", "POST"} <= (rule.methods or set()), rule


@pytest.mark.parametrize("page", _TEMPLATES, ids=lambda page: page.name)
def test_a_page_loads_and_sends_nothing_elsewhere(page: Path) -> None:
    for target in _LEADS_TO.findall(page.read_text(encoding="utf-8")):
        if target == _TO_THE_ORGANISATION.get(page.name):
            continue
        assert target.startswith(_OUR_OWN), target
        assert not target.startswith("//"), target


@pytest.mark.parametrize("page", _TEMPLATES, ids=lambda page: page.name)
def test_a_page_carries_no_script_and_no_style_in_itself(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize("page", _TEMPLATES, ids=lambda page: page.name)
def test_a_page_needs_no_plug_in_and_frames_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"<(?:applet|embed|frame|iframe|object|portal)\b", text) == []


@pytest.mark.parametrize("page", _TEMPLATES, ids=lambda page: page.name)
def test_a_page_escapes_whatever_it_is_given(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"\|\s*safe\b|autoescape|Markup", text) == []


@pytest.mark.parametrize("sheet", _STYLES, ids=lambda sheet: sheet.name)
def test_a_style_sheet_loads_nothing_from_elsewhere(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert "@import" not in text
    assert re.findall(r"url\((?![\"']?data:image/svg\+xml)", text) == []
