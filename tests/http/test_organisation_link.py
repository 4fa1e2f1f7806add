"""Linking the organisation's sign-in to one's account: by the person alone."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inventory.journal import book
from inventory.models.credentials import FederatedIdentity
from inventory.web.access import stated_access
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

PAGE = "/account/organisation"
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def provider(clinic: Clinic) -> Iterator[IdentityProvider]:
    """The organisation's sign-in, where Pat is signed in since yesterday."""
    since = clinic.clock.now() - timedelta(days=1)
    with IdentityProvider(clock=clinic.clock, signed_in_at=since) as provider:
        yield provider


@pytest.fixture
def app(clinic: Clinic, provider: IdentityProvider, tmp_path: Path) -> Flask:
    """The application with single sign-on."""
    return served(tmp_path, clinic, provider)


@pytest.fixture
def pat(browser: FlaskClient) -> FlaskClient:
    """Pat's browser, signed in with name and password."""
    sign_in(browser, "pat")
    return browser


def _show(browser: FlaskClient) -> TestResponse:
    """Show at the organisation who one is there."""
    return browser.get(answered(handed_over(post(browser, f"{PAGE}/show"))))


def _send(browser: FlaskClient, path: str, password: str = PASSWORD) -> TestResponse:
    key = re.search(r'name="idempotency_key" value="([^"]+)"', browser.get(PAGE).text)
    named = key[1] if key else "key-of-a-form-that-is-not-there"
    return post(browser, path, idempotency_key=named, own_password=password)


def _linked(clinic: Clinic) -> list[tuple[str, str]]:
    with clinic.database.reading() as db:
        query = select(FederatedIdentity).where(FederatedIdentity.removed_at.is_(None))
        return [(row.subject, row.person_id) for row in db.scalars(query)]


def _told(clinic: Clinic) -> list[str]:
    with clinic.database.reading() as db:
        events = book.read(db, clinic.registration_id)
        return [json.loads(event.body)["data"]["what"] for event in events]


def test_a_person_links_signs_in_and_takes_the_link_away(
    pat: FlaskClient, app: Flask, clinic: Clinic, provider: IdentityProvider
) -> None:
    assert _show(pat).location == PAGE
    assert "p.pharmacist" in pat.get(PAGE).text
    assert _linked(clinic) == []
    assert _send(pat, PAGE).status_code == 303
    assert _linked(clinic) == [("p.pharmacist", clinic.pharmacist.id)]

    provider.signed_in_at = clinic.clock.now()
    other = app.test_client()
    assert come_back(other).status_code == 303
    assert is_signed_in(other)

    sign_in(pat, "pat")
    assert _send(pat, f"{PAGE}/unlink").status_code == 303
    assert _linked(clinic) == []
    assert come_back(app.test_client()).status_code == 401
    assert _told(clinic) == ["identity_linked", "identity_unlinked"]


def test_a_link_that_was_taken_away_can_be_made_again(
    pat: FlaskClient, clinic: Clinic
) -> None:
    for _ in range(2):
        _show(pat)
        assert _send(pat, PAGE).status_code == 303
        assert _linked(clinic) == [("p.pharmacist", clinic.pharmacist.id)]
        assert _send(pat, f"{PAGE}/unlink").status_code == 303
        assert _linked(clinic) == []


@ON_SQLITE
def test_the_account_leads_there(pat: FlaskClient) -> None:
    assert f'href="{PAGE}"' in pat.get("/account").text


@ON_SQLITE
def test_a_link_is_signed_with_the_persons_own_credential(
    pat: FlaskClient, clinic: Clinic
) -> None:
    _show(pat)
    assert _send(pat, PAGE, "wrong password").status_code == 422
    assert _send(pat, PAGE, "").status_code == 422
    assert _linked(clinic) == []


@ON_SQLITE
def test_nothing_is_linked_that_was_not_shown(pat: FlaskClient, clinic: Clinic) -> None:
    assert _send(pat, PAGE).status_code == 422
    assert _linked(clinic) == []


@ON_SQLITE
def test_an_identity_that_was_signed_in_there_before_is_not_linked(
    pat: FlaskClient, provider: IdentityProvider
) -> None:
    provider.takes_prompt = False
    assert _show(pat).status_code == 422
    assert "p.pharmacist" not in pat.get(PAGE).text


@ON_SQLITE
def test_what_one_person_showed_another_cannot_link(
    pat: FlaskClient, clinic: Clinic
) -> None:
    _show(pat)
    sign_in(pat, "cleo")
    assert "p.pharmacist" not in pat.get(PAGE).text
    assert _send(pat, PAGE).status_code == 422
    assert _linked(clinic) == []


@ON_SQLITE
def test_an_identity_of_somebody_else_cannot_be_linked(
    pat: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    link(clinic, provider, clinic.clinician.id)
    _show(pat)
    answer = _send(pat, PAGE)
    assert answer.status_code == 409
    assert _linked(clinic) == [("p.pharmacist", clinic.clinician.id)]


@ON_SQLITE
def test_a_person_has_one_link_at_a_time(
    pat: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    _show(pat)
    assert _send(pat, PAGE).status_code == 303
    provider.subject = "p.pharmacist.2"
    _show(pat)
    assert _send(pat, PAGE).status_code == 409
    assert _linked(clinic) == [("p.pharmacist", clinic.pharmacist.id)]


@ON_SQLITE
def test_a_signature_for_an_entry_links_nothing(
    pat: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    link(clinic, provider, clinic.pharmacist.id)
    began = post(pat, "/signature/organisation", digest="a" * 64, next=PAGE)
    assert pat.get(answered(handed_over(began))).status_code == 303
    assert _send(pat, f"{PAGE}/unlink").status_code == 303
    assert _send(pat, PAGE).status_code == 422
    assert _linked(clinic) == []


@ON_SQLITE
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/unlink", f"{PAGE}/show"])
def test_no_form_is_taken_from_elsewhere(
    pat: FlaskClient, provider: IdentityProvider, path: str
) -> None:
    assert pat.post(path, data={"own_password": PASSWORD}).status_code == 400
    shown = pat.get("/account").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    answer = pat.post(
        path,
        data={"csrf_token": token[1], "own_password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 400
    assert provider.asked == []


@ON_SQLITE
def test_every_address_states_what_it_demands(app: Flask) -> None:
    found = {
        rule.rule: stated_access(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if "organisation" in rule.rule
    }
    assert found == {
        "/account/organisation": "signed_in",
        "/account/organisation/show": "signed_in",
        "/account/organisation/unlink": "signed_in",
        "/sign-in/organisation": "public",
        "/sign-in/organisation/answer": "public",
        "/sign-out/organisation": "public",
        "/signature/organisation": "signed_in",
    }
