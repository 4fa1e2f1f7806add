"""Emergency access and its review over the API."""

from typing import Any

import pytest
from sqlalchemy import select

from inventory.models.attempts import Attempt
from tests.clinic import PASSWORD
from tests.http.api_client import Answer, ApiClient
from tests.steps import Steps
from tests.steps.emergencies import HOUR, REASON, WORDS

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def ward(client: ApiClient) -> Steps:
    """The clinic whose application is asked."""
    return Steps(client.clinic)


def _start(client: ApiClient) -> Answer:
    path = f"{client.books}/emergency-accesses"
    return client.post(path, {"reason": REASON}, by=client.clinic.colleague)


def _one(client: ApiClient, access_id: str) -> Answer:
    path = f"{client.books}/emergency-accesses/{access_id}"
    return client.get(path, by=client.clinic.officer)


def _review(client: ApiClient, access_id: str, **changes: str) -> Answer:
    body = {
        "finding": "justified",
        "words": WORDS,
        "digest": _one(client, access_id).json["digest"],
        "sign_in_name": "olga",
        "password": PASSWORD,
    }
    path = f"{client.books}/emergency-accesses/{access_id}/review"
    return client.post(path, body | changes, by=client.clinic.officer)


def _ask_for_session(client: ApiClient) -> Answer:
    body = {
        "patient_ref": "PT-20931-A",
        "indication": "mood_disorder",
        "clinician_id": client.clinic.clinician.id,
        "weight_kg": "71.3",
        "route": "iv",
        "protocol": "0.5 mg/kg over 40 min",
    }
    return client.post(f"{client.books}/sessions", body, by=client.clinic.colleague)


def test_the_request_after_the_hour_is_refused(client: ApiClient) -> None:
    assert _ask_for_session(client).status_code == 403
    assert _start(client).status_code == 201
    assert _ask_for_session(client).status_code == 201
    client.clinic.clock.advance(HOUR)
    refused = _ask_for_session(client)
    assert (refused.status_code, refused.json["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("signature", "factors"),
    [({}, ["token"]), ({"signature": {"password": PASSWORD}}, ["token", "password"])],
)
def test_a_program_may_sign_the_start_with_a_password(
    client: ApiClient, ward: Steps, signature: dict[str, Any], factors: list[str]
) -> None:
    path, body = f"{client.books}/emergency-accesses", {"reason": REASON} | signature
    started = client.post(path, body, by=client.clinic.colleague).json
    assert ward.told(started["position"])["actor"]["factors"] == factors


def test_a_second_one_is_refused_while_the_first_runs(client: ApiClient) -> None:
    access_id = _start(client).json["access_id"]
    refused = _start(client)
    assert (refused.status_code, refused.json["code"]) == (409, "emergency_running")
    assert refused.json["data"] == {"access_id": access_id}


def test_giving_it_back_twice_says_that_it_is_over(client: ApiClient) -> None:
    access_id = _start(client).json["access_id"]
    path = f"{client.books}/emergency-accesses/{access_id}/end"
    assert client.post(path, by=client.clinic.colleague).status_code == 201
    refused = client.post(path, by=client.clinic.colleague)
    assert (refused.status_code, refused.json["code"]) == (409, "emergency_not_running")


def test_it_is_listed_shown_and_reviewed(client: ApiClient, ward: Steps) -> None:
    access_id = _start(client).json["access_id"]
    session_id = _ask_for_session(client).json["session_id"]
    client.clinic.clock.advance(HOUR)
    listed = client.get(
        f"{client.books}/emergency-accesses", by=client.clinic.manager
    ).json
    assert [(each["access_id"], each["state"], each["age_s"]) for each in listed] == [
        (access_id, "awaiting_review", 3600)
    ]
    shown = _one(client, access_id).json
    assert shown["reason"] == REASON
    assert [(each["tag"], each["subject"]) for each in shown["entries"]] == [
        ("session:opened", session_id)
    ]
    reviewed = _review(client, access_id)
    assert reviewed.status_code == 201
    assert reviewed.json["reviewed_by"] == client.clinic.officer.name
    factors = ward.told(reviewed.json["position"])["actor"]["factors"]
    assert factors == ["token", "password"]
    assert _one(client, access_id).json["finding"] == "justified"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "not the password of anybody"}, "signature_not_proven"),
        ({"sign_in_name": "mona"}, "signature_not_proven"),
        ({"digest": "0" * 64}, "witness_saw_another_entry"),
        ({"finding": "maybe"}, "invalid_field"),
    ],
)
def test_a_review_without_its_signature_leaves_the_task_open(
    client: ApiClient, changes: dict[str, str], code: str
) -> None:
    access_id = _start(client).json["access_id"]
    client.clinic.clock.advance(HOUR)
    assert _review(client, access_id, **changes).json["code"] == code
    assert _one(client, access_id).json["access"]["state"] == "awaiting_review"


def test_a_refused_start_is_kept_as_an_attempt(client: ApiClient) -> None:
    path = f"{client.books}/emergency-accesses"
    client.post(path, {"reason": REASON}, by=client.clinic.administrator)
    with client.clinic.database.reading() as db:
        (attempt,) = db.scalars(select(Attempt)).all()
    assert (attempt.person_id, attempt.code) == (
        client.clinic.administrator.id,
        "not_permitted",
    )
    assert REASON not in attempt.detail


def test_no_answer_names_a_patient(client: ApiClient, ward: Steps) -> None:
    started = ward.start_emergency()
    ward.open_session(actor=ward.now(client.clinic.colleague))
    assert "PT-20931-A" not in _one(client, started.access_id).text
