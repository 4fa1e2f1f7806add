"""What a form on a page does: once, for those who may, and never from elsewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from marshmallow import Schema
from marshmallow.fields import List
from werkzeug.test import TestResponse

from inventory.app import create_app
from inventory.kernel.actors import Permission
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person
from inventory.web.edges import Edge
from inventory.web.fields import Choice, Secret, Text
from inventory.web.pages import Form, ShownOnce, acts, shows
from tests.application import settings_in
from tests.clinic import PASSWORD, PASSWORDS, Clinic

PAGE = """{% import "forms.html" as forms with context %}
<form method="post">{{ forms.refusal(form) }}{{ forms.hidden(form) }}
{{ forms.field(form, "name", "Name", maxlength=10) }}
{{ forms.secret(form, "password", "Password", required=false) }}
{{ forms.submit("Add") }}</form>"""


class NoteForm(Schema):
    name = Text(max_length=10, required=True)
    password = Secret()
    lots = List(Choice(["a", "b"]))


@pytest.fixture
def done() -> list[str]:
    """What the form did, in order."""
    return []


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path, done: list[str]) -> Flask:
    """The application with a page that has a form."""
    return create_app(
        settings_in(tmp_path),
        database=clinic.database,
        clock=clinic.clock,
        passwords=PASSWORDS,
        blueprints=[_notes(done)],
    )


def _notes(done: list[str]) -> Blueprint:
    blueprint = Blueprint("notes", __name__)
    rule, access = "/registrations/<registration_id>/notes", Permission.READ_BOOKS

    @shows(blueprint, rule, access)
    def show_notes(edge: Edge, form: Form | None = None) -> str:
        assert edge.registration_id
        return render_template_string(PAGE, form=form or Form())

    @acts(blueprint, rule, access, takes=NoteForm, again=show_notes)
    def add_note(edge: Edge, fields: dict[str, Any]) -> str | ShownOnce:
        person = edge.db.get_one(Person, edge.actor.id)
        person.name = f"{person.name}!"
        done.append(fields["name"])
        if fields["name"] == "taken":
            raise InventoryError(ErrorCode.ALREADY_EXISTS, "It is taken.", field="name")
        if fields["name"] == "once":
            return ShownOnce(page="the secret", then="/later")
        return f"/done/{len(done)}"

    return blueprint


@pytest.fixture
def address(clinic: Clinic, browser: FlaskClient) -> str:
    """The form's address, with a person signed in."""
    token = _hidden(browser.get("/sign-in").text, "csrf_token")
    form = {"csrf_token": token, "sign_in_name": "pat", "password": PASSWORD}
    assert browser.post("/sign-in", data=form).status_code == 303
    return f"/registrations/{clinic.registration_id}/notes"


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def _filled(browser: FlaskClient, address: str, **fields: Any) -> dict[str, Any]:
    page = browser.get(address).text
    hidden = ("csrf_token", "idempotency_key")
    return {name: _hidden(page, name) for name in hidden} | fields


def _name_of(clinic: Clinic) -> str:
    with clinic.database.reading() as db:
        return db.get_one(Person, clinic.pharmacist.id).name


def test_a_form_does_its_thing_and_leads_on(
    browser: FlaskClient, address: str, done: list[str], clinic: Clinic
) -> None:
    answer = browser.post(address, data=_filled(browser, address, name="vial"))
    assert (answer.status_code, answer.location) == (303, "/done/1")
    assert done == ["vial"]
    assert _name_of(clinic) == "Pat Pharmacist!"


def test_a_form_sent_twice_does_it_once_and_leads_to_the_same_page(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial")
    answers = [browser.post(address, data=form) for _ in range(3)]
    assert {answer.location for answer in answers} == {"/done/1"}
    assert done == ["vial"]


def test_a_form_sent_twice_with_other_contents_is_refused(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial")
    browser.post(address, data=form)
    answer = browser.post(address, data=form | {"name": "other"})
    assert answer.status_code == 409
    assert _hidden(answer.text, "idempotency_key") != form["idempotency_key"]
    assert done == ["vial"]


def test_a_form_without_its_key_is_refused(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial", idempotency_key="")
    assert browser.post(address, data=form).status_code == 400
    assert done == []


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("", 422, "This is required."),
        ("much too long", 422, "Use at most 10."),
        ("taken", 409, "It is taken."),
    ],
)
def test_a_refused_form_is_shown_again_with_what_was_typed(
    browser: FlaskClient,
    address: str,
    clinic: Clinic,
    name: str,
    status: int,
    sentence: str,
) -> None:
    form = _filled(browser, address, name=name, password="a secret of mine")
    answer = browser.post(address, data=form)
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{name}"' in answer.text
    assert "a secret of mine" not in answer.text
    assert _hidden(answer.text, "idempotency_key") == form["idempotency_key"]
    assert _name_of(clinic) == "Pat Pharmacist"


def test_a_corrected_form_is_taken_under_the_same_key(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="much too long")
    browser.post(address, data=form)
    answer = browser.post(address, data=form | {"name": "vial"})
    assert (answer.status_code, done) == (303, ["vial"])


def test_an_unknown_input_is_refused(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial", extra="1")
    assert browser.post(address, data=form).status_code == 422
    assert done == []


def test_an_input_sent_twice_is_refused_unless_it_is_a_list(
    browser: FlaskClient, address: str
) -> None:
    form = _filled(browser, address)
    twice = browser.post(address, data=form | {"name": ["vial", "lot"]})
    assert twice.status_code == 400
    listed = browser.post(address, data=form | {"name": "vial", "lots": ["a", "b"]})
    assert listed.status_code == 303


def test_a_page_with_a_secret_is_shown_once_and_never_kept(
    browser: FlaskClient, address: str
) -> None:
    form = _filled(browser, address, name="once")
    first, second = (browser.post(address, data=form) for _ in range(2))
    assert (first.status_code, first.text) == (200, "the secret")
    assert (second.status_code, second.location) == (303, "/later")


def test_a_form_of_somebody_signed_out_leads_to_sign_in_and_back(
    browser: FlaskClient, address: str, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial")
    browser.delete_cookie("countersign_sign_in")
    answer = browser.post(address, data=form)
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next={address}"
    assert done == []


def test_a_form_of_another_site_is_like_one_that_is_not_there(
    browser: FlaskClient, address: str, clinic: Clinic, done: list[str]
) -> None:
    form = _filled(browser, address, name="vial")
    elsewhere = address.replace(clinic.registration_id, clinic.elsewhere_id)
    absent = address.replace(clinic.registration_id, "reg_0")
    answers: list[TestResponse] = [
        browser.post(each, data=form) for each in (elsewhere, absent)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert done == []


def test_only_forms_are_taken(browser: FlaskClient, address: str) -> None:
    token = _filled(browser, address)["csrf_token"]
    answer = browser.post(address, json={"name": "x"}, headers={"X-CSRFToken": token})
    assert answer.status_code == 415
