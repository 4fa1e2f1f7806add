"""Who asks: programs by token, people by a cookie of their browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.app import create_app
from inventory.kernel.actors import Permission
from inventory.models.people import Person
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import Edge
from inventory.web.pages import shows
from tests.application import settings_in
from tests.clinic import PASSWORD, PASSWORDS, Clinic
from tests.http.api_client import ApiClient

NOTE = {"text": "hello", "amount": "1 mg"}
SAME_PAGE = re.compile(r'value="[^"]*"')


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The application with two pages to visit."""
    return create_app(
        settings_in(tmp_path),
        database=clinic.database,
        clock=clinic.clock,
        passwords=PASSWORDS,
        blueprints=[_pages()],
    )


def _pages() -> Blueprint:
    blueprint = Blueprint("visits", __name__)

    @shows(blueprint, "/", SIGNED_IN)
    def start(edge: Edge) -> str:
        return f"Hello {edge.actor.name}"

    @shows(blueprint, "/books/<registration_id>", Permission.READ_BOOKS)
    def books(edge: Edge) -> str:
        return f"Books of {edge.registration_id}"

    return blueprint


def sign_in(
    browser: FlaskClient, name: str = "pat", password: str = PASSWORD, next_: str = "/"
) -> TestResponse:
    shown = browser.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    form = {"csrf_token": token[1], "sign_in_name": name, "password": password}
    return browser.post("/sign-in", data=form | {"next": next_})


def test_a_person_signs_in_and_comes_back_to_the_page(browser: FlaskClient) -> None:
    asked = browser.get("/?day=2026-11-02")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/?day%3D2026-11-02"
    answer = sign_in(browser, next_="/?day=2026-11-02")
    assert (answer.status_code, answer.location) == (303, "/?day=2026-11-02")
    assert browser.get("/").text == "Hello Pat Pharmacist"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: FlaskClient,
) -> None:
    cookies = sign_in(browser).headers.getlist("Set-Cookie")
    (cookie,) = (text for text in cookies if text.startswith("countersign_sign_in"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=43200" in cookie


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("http://localhost:8000", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://books.example", True),
        ("http://127.0.0.1.example", True),
        ("https://localhost", True),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_cookies_are_secure_everywhere_but_on_this_machine(
    app: Flask, address: str, *, secure: bool
) -> None:
    answer = app.test_client().get("/sign-in", base_url=address)
    cookie = answer.headers["Set-Cookie"]
    assert ("Secure" in cookie) is secure
    assert cookie.startswith("__Host-") is secure
    assert "Path=/;" in cookie or cookie.endswith("Path=/")
    assert "Domain" not in cookie


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_page_may_ask_for_passkeys_and_for_nothing_else_of_the_device(
    browser: FlaskClient,
) -> None:
    told = browser.get("/sign-in").headers["Permissions-Policy"].split(", ")
    allowed = {each for each in told if not each.endswith("=()")}
    assert allowed == {
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
    }
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(told)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_over_https_a_cookie_that_another_host_could_plant_signs_nobody_in(
    app: Flask,
) -> None:
    browser, here = app.test_client(), "https://books.example"
    shown = browser.get("/sign-in", base_url=here).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    form = {"csrf_token": token[1], "sign_in_name": "pat", "password": PASSWORD}
    assert browser.post("/sign-in", data=form, base_url=here).status_code == 303
    assert browser.get("/", base_url=here).text == "Hello Pat Pharmacist"
    own = browser.get_cookie("__Host-countersign_sign_in", domain="books.example")
    assert own
    assert (own.secure, own.http_only) == (True, True)
    planted = app.test_client()
    planted.set_cookie("countersign_sign_in", own.value, domain="books.example")
    assert planted.get("/", base_url=here).status_code == 303


def test_after_failures_in_a_row_the_next_try_waits_whoever_it_is(app: Flask) -> None:
    answers = {}
    for name in ("pat", "nobody"):
        browser = app.test_client()
        for _ in range(5):
            assert sign_in(browser, name, "wrong password").status_code == 401
        answers[name] = sign_in(browser, name, PASSWORD)
    for answer in answers.values():
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert "Too many tries failed" in answer.text
    assert SAME_PAGE.sub("", answers["pat"].text) == SAME_PAGE.sub(
        "", answers["nobody"].text
    )


def test_a_sign_in_elsewhere_is_said_once_on_the_next_page(app: Flask) -> None:
    sign_in(app.test_client())
    browser = app.test_client()
    sign_in(browser)
    assert "You were still signed in elsewhere (127.0.0.1)" in _next_page(browser)
    assert "still signed in elsewhere" not in _next_page(browser)


def _next_page(browser: FlaskClient) -> str:
    """A page with the layout; the pages of these tests have none."""
    return browser.get("/sign-in").text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"passkey": "{}", "challenge": "x"},
        {"passkey": "no json", "challenge": "x"},
        {"passkey": "x" * 20_000, "challenge": "x"},
    ],
)
def test_what_no_passkey_answers_signs_nobody_in(
    browser: FlaskClient, form: dict[str, str]
) -> None:
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert token
    answer = browser.post("/sign-in/passkey", data=form | {"csrf_token": token[1]})
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert browser.get("/").status_code == 303


def test_wrong_name_wrong_password_and_disabled_person_look_alike(
    clinic: Clinic, app: Flask
) -> None:
    with clinic.database.transaction() as db:
        db.get_one(Person, clinic.clinician.id).disabled_at = clinic.clock.now()
    answers = [
        sign_in(app.test_client(), name, password)
        for name, password in (
            ("pat", "wrong password"),
            ("nobody", PASSWORD),
            ("cleo", PASSWORD),
            ("nightly", PASSWORD),
            ("pat", "x" * 300),
            ("pat\x00", PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all("do not belong together" in answer.text for answer in answers)
    assert len({SAME_PAGE.sub("", answer.text) for answer in answers}) == 1
    assert not any("countersign_sign_in" in str(answer.headers) for answer in answers)


def test_a_form_without_its_token_is_refused(browser: FlaskClient) -> None:
    form = {"sign_in_name": "pat", "password": PASSWORD}
    assert browser.post("/sign-in", data=form).status_code == 400
    assert browser.get("/").status_code == 303


def test_a_sign_in_ends_after_a_quarter_hour_without_a_visit(
    browser: FlaskClient, clinic: Clinic
) -> None:
    sign_in(browser)
    clinic.clock.advance(timedelta(minutes=14, seconds=59))
    assert browser.get("/").status_code == 200
    clinic.clock.advance(timedelta(minutes=14, seconds=59))
    assert browser.get("/").status_code == 200
    clinic.clock.advance(timedelta(minutes=15))
    assert browser.get("/").status_code == 303


def test_a_sign_in_ends_after_twelve_hours_however_busy(
    browser: FlaskClient, clinic: Clinic
) -> None:
    sign_in(browser)
    for _ in range(71):
        clinic.clock.advance(timedelta(minutes=10))
        assert browser.get("/").status_code == 200
    clinic.clock.advance(timedelta(minutes=10))
    assert browser.get("/").status_code == 303


def test_who_signs_out_is_out_even_with_the_old_cookie(
    browser: FlaskClient, app: Flask
) -> None:
    sign_in(browser)
    old = browser.get_cookie("countersign_sign_in")
    assert old
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert token
    answer = browser.post("/sign-out", data={"csrf_token": token[1]})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    thief = app.test_client()
    thief.set_cookie("countersign_sign_in", old.value)
    assert thief.get("/").status_code == 303


def test_signing_in_anew_ends_the_sign_in_before(
    browser: FlaskClient, app: Flask
) -> None:
    sign_in(browser)
    old = browser.get_cookie("countersign_sign_in")
    assert old
    sign_in(browser, "cleo")
    thief = app.test_client()
    thief.set_cookie("countersign_sign_in", old.value)
    assert thief.get("/").status_code == 303
    assert browser.get("/").text == "Hello Cleo Clinician"


@pytest.mark.parametrize(
    "next_",
    ["//evil.example", "/\\evil.example", "https://evil.example", "x", "/\r\nA:"],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_signing_in_leads_to_our_own_pages_only(
    browser: FlaskClient, next_: str
) -> None:
    assert sign_in(browser, next_=next_).location == "/"


def test_a_page_of_another_registration_is_not_found(
    browser: FlaskClient, clinic: Clinic
) -> None:
    sign_in(browser)
    assert browser.get(f"/books/{clinic.registration_id}").status_code == 200
    elsewhere = browser.get(f"/books/{clinic.elsewhere_id}")
    absent = browser.get("/books/reg_00000000000000000000000000")
    assert elsewhere.status_code == absent.status_code == 404


def test_a_page_needs_its_permission(browser: FlaskClient, clinic: Clinic) -> None:
    sign_in(browser, "wim")
    assert browser.get(f"/books/{clinic.registration_id}").status_code == 403


def test_a_browsers_cookie_does_not_open_the_api(browser: FlaskClient) -> None:
    sign_in(browser)
    answer = browser.get("/api/v1/idempotency-keys/one")
    assert answer.status_code == 401


@pytest.mark.parametrize("scheme", ["", "Basic ", "Bearer", "Bearer  ", "Token "])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_only_a_bearer_token_signs_a_program_in(client: ApiClient, scheme: str) -> None:
    answer = client.open(
        "GET",
        "/api/v1/idempotency-keys/one",
        headers={"Authorization": scheme + client.token()},
    )
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="countersign"'


def test_an_unknown_expired_or_revoked_token_signs_nobody_in(
    client: ApiClient, clinic: Clinic
) -> None:
    good, revoked = client.token(), client.issue(clinic.pharmacist, revoked=True)
    address = "/api/v1/idempotency-keys/one"
    assert client.get(address, token=good).status_code == 404
    assert client.get(address, token=revoked).status_code == 401
    assert client.get(address, token="cst_unknown").status_code == 401
    clinic.clock.advance(timedelta(days=1))
    assert client.get(address, token=good).status_code == 401


def test_a_disabled_persons_token_signs_nobody_in(
    client: ApiClient, clinic: Clinic
) -> None:
    token = client.token()
    with clinic.database.transaction() as db:
        db.get_one(Person, clinic.pharmacist.id).disabled_at = clinic.clock.now()
    answer = client.get("/api/v1/idempotency-keys/one", token=token)
    assert answer.status_code == 401
