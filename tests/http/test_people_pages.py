"""People and access in the browser: an administrator asks, a manager signs."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inventory.kernel.actors import Role
from tests.clinic import PASSWORD, Clinic
from tests.http.browsers import browser_of, send_form
from tests.steps import Steps

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

NORA = {"sign_in_name": "nora", "name": "Nora New", "initials": "NN"}


@pytest.fixture
def steps(clinic: Clinic) -> Steps:
    return Steps(clinic)


@pytest.fixture
def books(clinic: Clinic) -> str:
    return f"/registrations/{clinic.registration_id}"


@pytest.fixture
def ada(app: Flask, clinic: Clinic) -> FlaskClient:
    return browser_of(app, clinic, clinic.administrator)


@pytest.fixture
def mona(app: Flask, clinic: Clinic) -> FlaskClient:
    return browser_of(app, clinic, clinic.manager)


def _one(clinic: Clinic, person_id: str, page: str = "") -> str:
    return f"/registrations/{clinic.registration_id}/people/{person_id}{page}"


def test_who_keeps_the_people_starts_at_the_register(
    ada: FlaskClient, books: str
) -> None:
    answer = ada.get("/")
    assert (answer.status_code, answer.location) == (302, f"{books}/people")
    shown = ada.get(answer.location).text
    assert "Add a person" in shown
    assert "Pat Pharmacist" in shown
    assert "Sid Stranger" not in shown


def test_a_person_is_added_recorded_and_given_a_link(
    ada: FlaskClient, books: str
) -> None:
    added = send_form(ada, f"{books}/new-person", NORA)
    assert added.status_code == 303
    one = added.location
    screened = {"screened_on": "2026-10-30"}
    assert send_form(ada, f"{one}/screening", screened).location == one
    trained = {"trained_until": "2027-03-31"}
    assert send_form(ada, f"{one}/training", trained).location == one
    shown = ada.get(one).text
    assert "2026-10-30" in shown
    assert "until 2027-04-01 00:00" in shown
    link = send_form(ada, f"{one}/set-up-link", {})
    assert link.status_code == 200
    found = re.search(r"http://localhost(/set-up/[^<]+)<", link.text)
    assert found
    assert found[1] not in ada.get(f"{one}/set-up-link").text, "shown once"


def test_a_role_is_asked_for_in_one_browser_and_approved_in_another(
    ada: FlaskClient, mona: FlaskClient, clinic: Clinic
) -> None:
    one = _one(clinic, clinic.pharmacist.id)
    asked = send_form(ada, f"{one}/new-role", {"role": "clinician"})
    assert asked.status_code == 303
    assert "It waits for a manager" in ada.get(asked.location).text
    page = mona.get(asked.location).text
    assert "Give Pat Pharmacist (PP) the role Clinician" in page
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest
    fields = {"digest": digest[1], "own_password": PASSWORD}
    approved = send_form(mona, asked.location, fields)
    assert (approved.status_code, approved.location) == (303, one)
    assert "<strong>Clinician</strong>" in mona.get(one).text
    told = Steps(clinic).told(2)
    assert told["witness"]["factors"] == ["password"]
    assert told["actor"]["factors"] == ["password"], "those of who asked"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"own_password": "not my password"}, "signature"),
        ({}, "password"),
        ({"own_password": PASSWORD, "digest": "0" * 64}, "differs"),
    ],
)
def test_without_the_right_signature_nothing_is_approved(
    mona: FlaskClient, steps: Steps, books: str, fields: dict[str, str], said: str
) -> None:
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    page = f"{books}/access-requests/{asked.shown.request_id}"
    sent = {"digest": asked.digest, **fields}
    refused = send_form(mona, page, sent)
    assert refused.status_code in {403, 409, 422}
    assert said in refused.text
    assert PASSWORD not in refused.text
    assert steps.size() == 1


def test_who_asked_cannot_approve(ada: FlaskClient, steps: Steps, books: str) -> None:
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    page = f"{books}/access-requests/{asked.shown.request_id}"
    fields = {"digest": asked.digest, "own_password": PASSWORD}
    assert send_form(ada, page, fields).status_code == 403
    assert "own_password" not in ada.get(page).text


def test_who_is_concerned_is_told_that_another_decides(
    mona: FlaskClient, steps: Steps, books: str
) -> None:
    asked = steps.ask_for_end(steps.clinic.manager.id, Role.MANAGER)
    shown = mona.get(f"{books}/access-requests/{asked.shown.request_id}").text
    assert "another manager or compliance officer decides" in shown
    assert "own_password" not in shown


def test_a_request_is_refused_with_its_reason_shown(
    mona: FlaskClient, steps: Steps, books: str
) -> None:
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    page = f"{books}/access-requests/{asked.shown.request_id}"
    sent = send_form(mona, f"{page}/refusal", {"reason": "Not needed."})
    assert (sent.status_code, sent.location) == (303, page)
    assert "Not needed." in mona.get(page).text


def test_a_request_is_taken_back(ada: FlaskClient, steps: Steps, books: str) -> None:
    asked = steps.ask_for_role(steps.clinic.pharmacist.id, Role.CLINICIAN)
    page = f"{books}/access-requests/{asked.shown.request_id}"
    assert send_form(ada, page, {}, to=f"{page}/withdrawal").status_code == 303
    assert "Withdrawn" in ada.get(page).text
    assert "Nothing waits" in ada.get(f"{books}/access-requests").text


@pytest.mark.parametrize(
    ("page", "fields", "said"),
    [
        ("/screening", {"screened_on": "2026-11-03"}, "still to come"),
        ("/training", {"trained_until": "soon"}, "no day of the calendar"),
        ("/new-role", {"role": "administrator"}, "keeps an eye on"),
        ("/new-role", {"role": "clinician", "ends_on": "2026-11-03"}, "no last day"),
    ],
)
def test_a_refused_form_is_shown_again_with_what_was_typed(
    ada: FlaskClient, clinic: Clinic, page: str, fields: dict[str, Any], said: str
) -> None:
    address = _one(clinic, clinic.pharmacist.id, page)
    refused = send_form(ada, address, fields)
    assert refused.status_code == 422
    assert said in refused.text.replace("&#39;", "'")
    assert Steps(clinic).size() == 0
    for name, value in fields.items():
        shown = f'value="{value}"'
        assert shown in refused.text, name


def test_a_role_that_is_not_held_is_not_ended(ada: FlaskClient, clinic: Clinic) -> None:
    page = _one(clinic, clinic.pharmacist.id, "/end-role")
    refused = send_form(ada, page, {"role": "witness"})
    assert (refused.status_code, "is not witness here" in refused.text) == (422, True)


def test_a_reset_is_asked_for(ada: FlaskClient, clinic: Clinic) -> None:
    asked = send_form(ada, _one(clinic, clinic.pharmacist.id, "/reset"), {})
    assert asked.status_code == 303
    assert "Take away the credentials of Pat Pharmacist" in ada.get(asked.location).text


def test_somebody_is_stopped_and_let_back_in(
    app: Flask, ada: FlaskClient, clinic: Clinic
) -> None:
    pat, one = browser_of(app, clinic, clinic.pharmacist), clinic.pharmacist.id
    assert pat.get("/").status_code == 302
    page = _one(clinic, one, "/standing")
    send_form(ada, page, {}, to=_one(clinic, one, "/disabling"))
    assert pat.get("/").location.startswith("/sign-in")
    assert "Disabled since" in ada.get(_one(clinic, one)).text
    send_form(ada, page, {}, to=_one(clinic, one, "/enabling"))
    assert "No role here" in ada.get(_one(clinic, one)).text


def test_the_access_of_a_day_is_shown(
    mona: FlaskClient, steps: Steps, books: str
) -> None:
    person_id = steps.add_person()
    steps.screen(person_id)
    steps.give_role(person_id, Role.WITNESS)
    shown = mona.get(f"{books}/access").text
    assert "Nora New" in shown
    assert "Ada Admin and Mona Manager" in shown
    assert "training missing or over" in shown
    assert "Nora New" not in mona.get(f"{books}/access?on=2026-11-01").text
    for day in ("2026-11-03", "x"):
        assert 'class="fault"' in mona.get(f"{books}/access?on={day}").text


def test_an_inspector_sees_and_changes_nothing(
    app: Flask, steps: Steps, books: str
) -> None:
    clinic = steps.clinic
    boss = browser_of(app, clinic, clinic.officer)
    assert "Add a person" not in boss.get(f"{books}/people").text
    one = _one(clinic, clinic.pharmacist.id)
    assert "Ask for a role" not in boss.get(one).text
    assert boss.get(f"{one}/new-role").status_code == 403
