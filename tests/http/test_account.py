"""One's own account: what a person sees and changes of it, always signed."""

import json
import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inventory.journal import book
from inventory.models.credentials import SignIn, TotpDevice
from inventory.models.people import Person
from inventory.models.service import IdempotencyKey
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of, form_token, send_form

NEW = "quartz lantern beneath umbrella"
SHORT = "qzv wmxpl"
SIGNED = {"own_password": PASSWORD}
_SECRET = re.compile(r'name="secret" value="([A-Z2-7]+)"')
_CODE = re.compile(r"<code>((?:[A-Z2-7]{4}-?)+)</code>")


@pytest.fixture
def pat(app: Flask, clinic: Clinic) -> FlaskClient:
    """The pharmacist's browser."""
    return browser_of(app, clinic, clinic.pharmacist)


def _hidden(page: str) -> dict[str, str]:
    """What the last form of a page sends by itself."""
    form = page.rpartition("<form method=")[2]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def _add_authenticator(clinic: Clinic, browser: FlaskClient, **own: str) -> pyotp.TOTP:
    shown = send_form(browser, "/account/authenticators", {"label": "My phone"})
    totp = _totp(shown)
    code = {"code": totp.at(clinic.clock.now())}
    answer = browser.post(
        "/account/authenticators/confirm",
        data=_hidden(shown.text) | code | (own or SIGNED),
    )
    assert answer.status_code == 200, answer.text
    assert len(_CODE.findall(answer.text)) == 10
    return totp


def _totp(shown: TestResponse) -> pyotp.TOTP:
    found = _SECRET.search(shown.text)
    assert found, shown.text
    return pyotp.TOTP(found[1])


def _next_code(clinic: Clinic, totp: pyotp.TOTP) -> str:
    clinic.clock.advance(timedelta(seconds=30))
    return totp.at(clinic.clock.now())


def _person(clinic: Clinic) -> Person:
    with clinic.database.reading() as db:
        return db.get_one(Person, clinic.pharmacist.id)


def _changes(clinic: Clinic) -> list[str]:
    """What the book says of the pharmacist's credential, in order."""
    with clinic.database.reading() as db:
        told = book.read(db, clinic.registration_id, subject=clinic.pharmacist.id)
        bodies = [json.loads(event.body) for event in told]
    return [
        body["data"]["what"] for body in bodies if body["tag"] == "credential:changed"
    ]


def test_a_password_is_changed_and_signs_in_afterwards(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    elsewhere = browser_of(app, clinic, clinic.pharmacist)
    form = {"password": NEW, "again": NEW} | SIGNED
    answer = send_form(pat, "/account/password", form)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password is changed" in pat.get("/account").text
    assert elsewhere.get("/account").status_code == 303
    assert _changes(clinic) == ["password_set"]
    fresh = app.test_client()
    credential = {"sign_in_name": "pat", "password": NEW}
    token = {"csrf_token": form_token(fresh)}
    assert fresh.post("/sign-in", data=credential | token).status_code == 303


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"password": NEW, "again": f"{NEW}s"} | SIGNED, "differs from the first"),
        ({"password": SHORT, "again": SHORT} | SIGNED, "15 to 256 characters"),
        (
            {"password": "pat pharmacist 1", "again": "pat pharmacist 1"} | SIGNED,
            "among the first",
        ),
        ({"password": NEW, "again": NEW}, "Give your password"),
        (
            {"password": NEW, "again": NEW, "own_password": "not mine at all"},
            "does not prove who signs",
        ),
    ],
)
def test_a_refused_password_changes_nothing_and_is_not_shown(
    clinic: Clinic, pat: FlaskClient, form: dict[str, str], sentence: str
) -> None:
    before = _person(clinic).password_hash
    answer = send_form(pat, "/account/password", form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert form["password"] not in answer.text
    assert _person(clinic).password_hash == before
    assert _changes(clinic) == []


def test_an_authenticator_counts_from_its_first_code_and_brings_recovery_codes(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    totp = _add_authenticator(clinic, pat)
    assert "My phone" in pat.get("/account").text
    assert _changes(clinic) == ["authenticator_added", "recovery_codes_made"]
    fresh = app.test_client()
    form = {"sign_in_name": "pat", "password": PASSWORD}
    form["csrf_token"] = form_token(fresh)
    assert fresh.post("/sign-in", data=form).status_code == 401
    code = {"code": _next_code(clinic, totp)}
    assert fresh.post("/sign-in", data=form | code).status_code == 303


def test_a_wrong_first_code_shows_the_same_secret_again(
    clinic: Clinic, pat: FlaskClient
) -> None:
    shown = send_form(pat, "/account/authenticators", {"label": "My phone"})
    wrong = {"code": "000000"} | SIGNED
    answer = pat.post(
        "/account/authenticators/confirm", data=_hidden(shown.text) | wrong
    )
    assert answer.status_code == 422
    assert "not the code the app shows now" in answer.text
    assert _totp(answer).secret == _totp(shown).secret
    assert "<path d=" in answer.text
    assert _changes(clinic) == []


def test_an_authenticator_of_somebody_else_cannot_be_confirmed(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    shown = send_form(pat, "/account/authenticators", {"label": "My phone"})
    code = {"code": _totp(shown).at(clinic.clock.now())} | SIGNED
    thief = browser_of(app, clinic, clinic.clinician)
    own = send_form(thief, "/account/authenticators", {"label": "Mine"})
    stolen = {"device_id": _hidden(shown.text)["device_id"]}
    answer = thief.post(
        "/account/authenticators/confirm", data=_hidden(own.text) | stolen | code
    )
    assert answer.status_code == 404
    with clinic.database.reading() as db:
        assert not any(device.confirmed_at for device in db.scalars(select(TotpDevice)))


def test_beside_a_second_factor_eight_characters_are_enough_and_it_must_stay(
    clinic: Clinic, pat: FlaskClient
) -> None:
    totp = _add_authenticator(clinic, pat)
    form = {"password": SHORT, "again": SHORT, "own_code": _next_code(clinic, totp)}
    assert send_form(pat, "/account/password", form).status_code == 303
    page = re.search(r"/account/authenticators/\w+/remove", pat.get("/account").text)
    assert page
    answer = send_form(pat, page[0], {"own_password": SHORT})
    assert answer.status_code == 422
    assert "your last second factor" in answer.text
    form = {"password": NEW, "again": NEW, "own_password": SHORT}
    assert send_form(pat, "/account/password", form).status_code == 303
    assert send_form(pat, page[0], {"own_password": NEW}).status_code == 303
    assert "My phone" not in pat.get("/account").text


def test_new_recovery_codes_replace_the_old_ones(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    _add_authenticator(clinic, pat)
    first, second = (
        _CODE.findall(send_form(pat, "/account/recovery-codes", SIGNED).text)
        for _ in range(2)
    )
    assert not set(first) & set(second)
    for code, status in ((first[0], 401), (second[0], 303), (second[0], 401)):
        fresh = app.test_client()
        form = {"sign_in_name": "pat", "password": PASSWORD, "code": code}
        form["csrf_token"] = form_token(fresh)
        assert fresh.post("/sign-in", data=form).status_code == status


def test_recovery_codes_without_a_second_factor_are_refused(pat: FlaskClient) -> None:
    answer = send_form(pat, "/account/recovery-codes", SIGNED)
    assert answer.status_code == 422
    assert "Add an authenticator or a passkey first" in answer.text


def test_what_a_page_showed_once_is_not_shown_again_nor_kept(
    clinic: Clinic, pat: FlaskClient
) -> None:
    _add_authenticator(clinic, pat)
    page = pat.get("/account/recovery-codes").text
    form = _hidden(page) | SIGNED
    codes = _CODE.findall(pat.post("/account/recovery-codes", data=form).text)
    again = pat.post("/account/recovery-codes", data=form)
    assert (again.status_code, again.location) == (303, "/account")
    with clinic.database.reading() as db:
        kept = [row.answer for row in db.scalars(select(IdempotencyKey))]
    assert kept
    assert not [code for code in codes for answer in kept if code in answer]


def test_the_list_of_sign_ins_ends_one_or_all_others(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    one, two = (browser_of(app, clinic, clinic.pharmacist) for _ in range(2))
    page = pat.get("/account").text
    assert page.count("this one") == 1
    ends = re.findall(r"/account/sign-ins/\w+/end\b", page)
    assert len(ends) == 2
    assert send_form(pat, "/account", {}, to=ends[0]).status_code == 303
    assert [each.get("/account").status_code for each in (one, two)].count(303) == 1
    answer = send_form(pat, "/account", {}, to="/account/sign-ins/end-others")
    assert answer.status_code == 303
    assert {each.get("/account").status_code for each in (one, two)} == {303}
    assert pat.get("/account").status_code == 200


def test_nobody_ends_a_sign_in_of_somebody_else(
    app: Flask, clinic: Clinic, pat: FlaskClient
) -> None:
    other = browser_of(app, clinic, clinic.clinician)
    browser_of(app, clinic, clinic.pharmacist)  # so that the list has a form
    with clinic.database.reading() as db:
        theirs = db.scalars(
            select(SignIn.id).where(SignIn.person_id == clinic.clinician.id)
        ).one()
    asked = [
        send_form(pat, "/account", {}, to=f"/account/sign-ins/{which}/end")
        for which in (theirs, "sgn_absent")
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert other.get("/account").status_code == 200


def test_a_person_revokes_the_token_of_an_own_program(
    clinic: Clinic, client: ApiClient, pat: FlaskClient
) -> None:
    token = client.issue(clinic.pharmacist)
    page = re.search(r"/account/tokens/\w+/revoke", pat.get("/account").text)
    assert page
    assert send_form(pat, "/account", {}, to=page[0]).status_code == 303
    assert "Programs that act" not in pat.get("/account").text
    address = "/api/v1/idempotency-keys/one"
    assert client.get(address, token=token).status_code == 401


@pytest.mark.parametrize(
    "page",
    [
        "/account",
        "/account/password",
        "/account/authenticators",
        "/account/passkeys",
        "/account/recovery-codes",
        "/policy",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_account_is_for_who_is_signed_in(browser: FlaskClient, page: str) -> None:
    answer = browser.get(page)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={page}")


@pytest.mark.parametrize("kind", ["authenticators", "passkeys"])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_device_that_one_does_not_have_is_not_found(
    pat: FlaskClient, kind: str
) -> None:
    assert pat.get(f"/account/{kind}/absent/remove").status_code == 404
