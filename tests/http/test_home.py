"""The start page and its figures: what is on hand, and nothing while it is counted."""

import re

import pytest
from flask.testing import FlaskClient

from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.stock import put_on_shelf


def _sign_in(browser: FlaskClient, name: str) -> None:
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert token
    form = {"csrf_token": token[1], "sign_in_name": name, "password": PASSWORD}
    assert browser.post("/sign-in", data=form).status_code == 303


def _start_count(client: ApiClient, clinic: Clinic) -> None:
    body = {"location_id": clinic.vault, "kind": "spot"}
    answer = client.post(f"{client.books}/counts", body, by=clinic.officer)
    assert answer.status_code == 201


def test_a_person_sees_where_they_work(client: ApiClient, clinic: Clinic) -> None:
    [here] = client.get("/api/v1/registrations").json
    assert (here["id"], here["roles"]) == (clinic.registration_id, ["pharmacist"])
    [there] = client.get("/api/v1/registrations", by=clinic.stranger).json
    assert there["id"] == clinic.elsewhere_id


def test_on_hand_is_shown_by_place(client: ApiClient, clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=3)
    [line] = client.get(f"{client.books}/on-hand").json
    assert line["place"] == "Vault"
    assert line["figures"] == {
        "sealed": 3,
        "in_use": 0,
        "amount_ug": 1_500_000,
        "amount_mg": "1500 mg",
        "amount": "30 mL",
    }


def test_what_is_being_counted_is_not_shown(client: ApiClient, clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=3)[0]
    _start_count(client, clinic)
    [line] = client.get(f"{client.books}/on-hand").json
    assert line["figures"] is None
    assert client.get(f"{client.books}/containers/{vial}").json["balance"] is None


def test_no_ledger_is_printed_while_somebody_counts(
    client: ApiClient, clinic: Clinic
) -> None:
    put_on_shelf(clinic, vials=3)
    [line] = client.get(f"{client.books}/on-hand").json
    today = clinic.clock.now().date().isoformat()
    days = f"first_day={today}&last_day={today}"
    path = f"{client.books}/products/{line['product_id']}/ledger.pdf?{days}"
    assert client.get(path).status_code == 200
    _start_count(client, clinic)
    refused = client.get(path)
    assert (refused.status_code, refused.json["code"]) == (409, "count_under_way")


def test_the_officer_has_a_free_text_forgotten(
    client: ApiClient, clinic: Clinic
) -> None:
    body = {
        "patient_ref": "PT-20931-A",
        "indication": "pain",
        "clinician_id": clinic.clinician.id,
        "weight_kg": "71.3",
        "route": "iv",
        "protocol": "as agreed with Jane Doe",
    }
    opened = client.post(f"{client.books}/sessions", body).json
    path = f"{client.books}/events/{opened['event_id']}/redactions"
    asked = {"name": "protocol", "reason": "It named the patient."}
    assert client.post(path, asked).status_code == 403
    done = client.post(path, asked, by=clinic.officer)
    assert (done.status_code, done.json["name"]) == (201, "protocol")
    shown = client.get(f"{client.books}/sessions/{opened['session_id']}")
    assert "Jane Doe" not in shown.text
    assert client.post(path, asked, by=clinic.officer).status_code == 404


def test_the_start_page_shows_the_books(browser: FlaskClient, clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=3)
    _sign_in(browser, "pat")
    page = browser.get("/", follow_redirects=True).text
    assert "Harbor Infusion Clinic" in page
    assert "1500 mg" in page
    assert "No session is open" in page


def test_the_start_page_hides_what_is_being_counted(
    browser: FlaskClient, client: ApiClient, clinic: Clinic
) -> None:
    put_on_shelf(clinic, vials=3)
    _start_count(client, clinic)
    _sign_in(browser, "pat")
    page = browser.get("/", follow_redirects=True).text
    assert "being counted" in page
    assert "1500 mg" not in page
    assert "30 mL" not in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("olga", 200), ("cleo", 200), ("wim", 403), ("ada", 403), ("sid", 404)],
)
def test_only_those_who_read_the_books_see_the_page(
    browser: FlaskClient, clinic: Clinic, name: str, status: int
) -> None:
    _sign_in(browser, name)
    path = f"/registrations/{clinic.registration_id}/"
    assert browser.get(path).status_code == status


@pytest.mark.parametrize(("name", "start"), [("ada", "people"), ("wim", "witness")])
def test_who_reads_no_books_starts_from_what_they_do(
    browser: FlaskClient, clinic: Clinic, name: str, start: str
) -> None:
    _sign_in(browser, name)
    answer = browser.get("/")
    assert answer.location == f"/registrations/{clinic.registration_id}/{start}"
