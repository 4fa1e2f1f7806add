"""Signing in at one's organisation: what is believed, and what is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inventory.models.base import Base
from inventory.models.credentials import FederatedIdentity, SignIn
from inventory.models.people import Person
from tests.application import application
from tests.clinic import PASSWORD, Clinic
from tests.http.organisation import (
    answered,
    come_back,
    handed_over,
    is_signed_in,
    link,
    post,
    served,
    sign_in,
)
from tests.identity_provider import IdentityProvider

TABLES = Base.metadata.sorted_tables
NOT_SHOWN = "did not show that it is you"
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def provider(clinic: Clinic) -> Iterator[IdentityProvider]:
    """The organisation's sign-in, where Pat is signed in since a minute ago."""
    since = clinic.clock.now() - timedelta(minutes=1)
    with IdentityProvider(clock=clinic.clock, signed_in_at=since) as provider:
        yield provider


@pytest.fixture
def app(clinic: Clinic, provider: IdentityProvider, tmp_path: Path) -> Flask:
    """The application with single sign-on."""
    return served(tmp_path, clinic, provider)


@pytest.fixture
def linked(clinic: Clinic, provider: IdentityProvider) -> None:
    """Pat has linked the identity."""
    link(clinic, provider, clinic.pharmacist.id)


def _factors(clinic: Clinic) -> list[str]:
    with clinic.database.reading() as db:
        return list(db.scalars(select(SignIn.factors)))


@pytest.mark.usefixtures("linked")
def test_a_person_signs_in_at_the_organisation_and_comes_back_to_the_page(
    browser: FlaskClient, clinic: Clinic
) -> None:
    answer = come_back(browser, "/account?day=1")
    assert (answer.status_code, answer.location) == (303, "/account?day=1")
    assert is_signed_in(browser)
    assert _factors(clinic) == ["oidc"]


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_the_provider_is_asked_with_all_that_binds_its_answer(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    elsewhere = "https://evil.example"
    began = post(browser, "/sign-in/organisation", redirect_uri=elsewhere)
    assert began.status_code == 422
    address = handed_over(post(browser, "/sign-in/organisation"))
    asked = {
        name: value for name, (value,) in parse_qs(urlsplit(address).query).items()
    }
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["redirect_uri"] == provider.client.redirect_uri
    assert asked["code_challenge_method"] == "S256"
    assert asked["max_age"] == "900"
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    assert provider.client_secret not in address


@ON_SQLITE
@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    ("claims", "factors"),
    [
        ({"amr": ["pwd"]}, "oidc"),
        ({"amr": ["pwd", "otp"]}, "oidc mfa"),
        ({"acr": "phr"}, "oidc mfa"),
        ({"aud": ["countersign"], "azp": "countersign"}, "oidc"),
    ],
)
def test_what_the_provider_says_of_factors_is_recorded(
    browser: FlaskClient,
    clinic: Clinic,
    provider: IdentityProvider,
    claims: dict[str, object],
    factors: str,
) -> None:
    provider.claims |= claims
    come_back(browser)
    assert _factors(clinic) == [factors]


@ON_SQLITE
@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "behaviour",
    [{"claims": {"nonce": "another"}}, {"algorithm": "none"}, {"key_number": 2}],
    ids=str,
)
def test_what_is_not_believed_signs_nobody_in(
    browser: FlaskClient, provider: IdentityProvider, behaviour: dict[str, Any]
) -> None:
    for name, value in behaviour.items():
        setattr(provider, name, value)
    answer = come_back(browser)
    assert answer.status_code == 401
    assert NOT_SHOWN in answer.text
    assert not is_signed_in(browser)


@pytest.mark.usefixtures("linked")
def test_an_answer_signs_in_once(browser: FlaskClient, app: Flask) -> None:
    answer = answered(handed_over(post(browser, "/sign-in/organisation")))
    flow = browser.get_cookie("countersign_organisation")
    assert flow
    assert browser.get(answer).status_code == 303
    assert browser.get_cookie("countersign_organisation") is None
    assert browser.get(answer).status_code == 400
    thief = app.test_client()
    thief.set_cookie("countersign_organisation", flow.value)
    assert thief.get(answer).status_code == 401
    assert not is_signed_in(thief)


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_no_token_of_the_provider_is_kept_or_passed_on(
    browser: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    answer = come_back(browser)
    assert answer.status_code == 303
    with clinic.database.reading() as db:
        kept = [str(db.execute(table.select()).all()) for table in TABLES]
    shown = [str(answer.headers), answer.text, browser.get("/account").text, *kept]
    assert len(provider.given) == 2
    assert clinic.pharmacist.name in str(kept)
    for token in provider.given:
        assert not any(token in each for each in shown)


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_an_answer_belongs_to_the_browser_that_asked(
    browser: FlaskClient, app: Flask
) -> None:
    planted = answered(handed_over(post(browser, "/sign-in/organisation")))
    other = app.test_client()
    assert other.get(planted).status_code == 400
    post(other, "/sign-in/organisation")
    assert other.get(planted).status_code == 400
    assert not is_signed_in(other)


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_a_code_of_another_flow_is_refused(browser: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    stolen = answered(handed_over(post(other, "/sign-in/organisation")))
    own = answered(handed_over(post(browser, "/sign-in/organisation")))
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = browser.get(f"/sign-in/organisation/answer?code={code}&state={state}")
    assert answer.status_code == 401
    assert not is_signed_in(browser)


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_an_answer_that_took_too_long_is_refused(
    browser: FlaskClient, clinic: Clinic
) -> None:
    answer = answered(handed_over(post(browser, "/sign-in/organisation")))
    clinic.clock.advance(timedelta(minutes=5))
    assert browser.get(answer).status_code == 400


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_whoever_turns_back_is_told_so(browser: FlaskClient) -> None:
    came = answered(handed_over(post(browser, "/sign-in/organisation")))
    state = parse_qs(urlsplit(came).query)["state"][0]
    answer = browser.get(
        f"/sign-in/organisation/answer?error=access_denied&state={state}"
    )
    assert answer.status_code == 401
    assert 'name="password"' in answer.text


def test_an_unlinked_identity_is_told_so_and_nobody_is_created(
    browser: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    provider.claims |= {"email": "pat@example.org", "preferred_username": "pat"}
    answer = come_back(browser)
    assert answer.status_code == 401
    assert "nobody who may sign in here has linked" in answer.text
    assert not is_signed_in(browser)
    with clinic.database.reading() as db:
        assert len(db.scalars(select(Person)).all()) == 8
        assert db.scalars(select(FederatedIdentity)).all() == []


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_a_disabled_person_is_not_let_in_by_their_organisation(
    browser: FlaskClient, clinic: Clinic
) -> None:
    with clinic.database.transaction() as db:
        db.get_one(Person, clinic.pharmacist.id).disabled_at = clinic.clock.now()
    assert come_back(browser).status_code == 401


@ON_SQLITE
@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "next_", ["//evil.example", "/\\evil.example", "https://evil.example", "x"]
)
def test_nobody_is_led_elsewhere(browser: FlaskClient, next_: str) -> None:
    assert come_back(browser, next_).location == "/"


@ON_SQLITE
def test_a_provider_that_is_down_is_named_and_the_password_still_works(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    provider.close()
    answer = post(browser, "/sign-in/organisation")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert 'name="password"' in answer.text
    sign_in(browser, "pat")
    assert is_signed_in(browser)


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_a_provider_that_goes_down_meanwhile_signs_nobody_in(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    answer = answered(handed_over(post(browser, "/sign-in/organisation")))
    provider.close()
    assert browser.get(answer).status_code == 503
    assert not is_signed_in(browser)


@ON_SQLITE
def test_a_sign_in_begins_by_a_form_of_ours_alone(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    assert browser.get("/sign-in/organisation").status_code == 405
    assert browser.post("/sign-in/organisation", data={}).status_code == 400
    shown = browser.get("/sign-in").text
    token = shown.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = browser.post(
        "/sign-in/organisation",
        data={"csrf_token": token},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 400
    assert provider.asked == []


@ON_SQLITE
def test_the_flow_is_out_of_reach_of_scripts_and_holds_nothing_to_read(
    browser: FlaskClient,
) -> None:
    answer = post(browser, "/sign-in/organisation")
    (cookie,) = (
        each
        for each in answer.headers.getlist("Set-Cookie")
        if each.startswith("countersign_organisation")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=300" in cookie
    state = parse_qs(urlsplit(handed_over(answer)).query)["state"][0]
    assert state not in cookie


@ON_SQLITE
@pytest.mark.usefixtures("linked")
def test_who_signs_out_is_out_and_may_sign_out_there_too(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    come_back(browser)
    post(browser, "/sign-out")
    assert not is_signed_in(browser)
    assert 'href="/sign-out/organisation"' in browser.get("/sign-in").text
    answer = browser.get("/sign-out/organisation")
    assert answer.status_code == 303
    assert answer.location == f"{provider.issuer}/sign-out?client_id=countersign"


@ON_SQLITE
def test_a_provider_without_an_address_for_signing_out_is_said_to_have_none(
    browser: FlaskClient, provider: IdentityProvider
) -> None:
    provider.metadata["end_session_endpoint"] = None
    answer = browser.get("/sign-out/organisation")
    assert answer.status_code == 404
    assert "no address for signing out" in answer.text


@ON_SQLITE
def test_without_its_settings_there_is_no_single_sign_on(
    clinic: Clinic, tmp_path: Path
) -> None:
    app = application(tmp_path, database=clinic.database, clock=clinic.clock)
    assert not any("organisation" in rule.rule for rule in app.url_map.iter_rules())
    browser = app.test_client()
    assert "organisation" not in browser.get("/sign-in").text
    post(browser, "/sign-in", sign_in_name="pat", password=PASSWORD)
    assert "organisation" not in browser.get("/account").text
