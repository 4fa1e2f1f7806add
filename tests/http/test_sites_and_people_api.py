"""Places, people, roles and tokens over HTTP."""

import pytest
from sqlalchemy import select

from inventory.models.service import IdempotencyKey
from tests.http.api_client import ApiClient

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

PLACE = {"name": "Crash cart", "kind": "kit", "lock_class": "locked_container"}
PERSON = {
    "sign_in_name": "nora",
    "name": "Nora New",
    "initials": "NN",
    "password": "a password of her own",
}


def test_a_place_is_added_and_listed(client: ApiClient) -> None:
    administrator = client.clinic.administrator
    answer = client.post(f"{client.books}/locations", PLACE, by=administrator)
    assert answer.status_code == 201
    assert answer.json["position"] == 1
    listed = client.get(f"{client.books}/locations").json
    assert [place["name"] for place in listed] == [
        "Crash cart",
        "Procedure room",
        "Vault",
    ]
    assert listed[0]["id"] == answer.json["location_id"]


@pytest.mark.parametrize("field", ["name", "kind", "lock_class"])
def test_a_place_without_its_lock_is_refused(client: ApiClient, field: str) -> None:
    place = {name: value for name, value in PLACE.items() if name != field}
    administrator = client.clinic.administrator
    answer = client.post(f"{client.books}/locations", place, by=administrator)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["fields"]] == [field]


def test_a_pharmacist_adds_neither_places_nor_people(client: ApiClient) -> None:
    for path, body in (("locations", PLACE), ("people", PERSON)):
        assert client.post(f"{client.books}/{path}", body).status_code == 403


def test_a_person_is_added_given_a_role_and_listed(client: ApiClient) -> None:
    administrator = client.clinic.administrator
    added = client.post(f"{client.books}/people", PERSON, by=administrator)
    assert added.status_code == 201
    person = added.json["person_id"]
    roles = f"{client.books}/people/{person}/roles"
    granted = client.post(roles, {"role": "witness"}, by=administrator)
    assert (granted.status_code, granted.json["role"]) == (201, "witness")
    people = client.get(f"{client.books}/people", by=administrator).json
    (shown,) = [each for each in people if each["id"] == person]
    assert shown == {
        "id": person,
        "kind": "person",
        "sign_in_name": "nora",
        "name": "Nora New",
        "initials": "NN",
        "roles": ["witness"],
        "disabled_at": None,
    }


def test_a_password_is_neither_answered_nor_kept(client: ApiClient) -> None:
    administrator = client.clinic.administrator
    added = client.post(f"{client.books}/people", PERSON, by=administrator)
    assert PERSON["password"] not in added.text
    with client.clinic.database.reading() as db:
        (kept,) = db.scalars(select(IdempotencyKey))
    assert PERSON["password"] not in kept.answer


def test_rival_roles_are_refused_with_the_field(client: ApiClient) -> None:
    clinic = client.clinic
    roles = f"{client.books}/people/{clinic.pharmacist.id}/roles"
    answer = client.post(roles, {"role": "administrator"}, by=clinic.administrator)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_field")
    assert answer.json["fields"][0]["field"] == "role"


def test_a_job_is_added(client: ApiClient) -> None:
    job = {"sign_in_name": "weekly", "name": "Weekly plan", "initials": "WEEK"}
    answer = client.post(f"{client.books}/jobs", job, by=client.clinic.administrator)
    assert (answer.status_code, answer.json["kind"]) == (201, "job")


def test_people_see_their_own_tokens_and_revoke_them(client: ApiClient) -> None:
    client.token(client.clinic.clinician)
    (token,) = client.get("/api/v1/tokens").json
    assert token["person_id"] == client.clinic.pharmacist.id
    revoked = client.post(f"/api/v1/tokens/{token['id']}/revoke")
    assert revoked.status_code == 201
    assert client.get("/api/v1/tokens").status_code == 401


def test_a_token_of_others_does_not_exist(client: ApiClient) -> None:
    (token,) = client.get("/api/v1/tokens").json
    answer = client.post(
        f"/api/v1/tokens/{token['id']}/revoke", by=client.clinic.clinician
    )
    assert answer.status_code == 404


def test_a_short_password_is_refused(client: ApiClient) -> None:
    short = PERSON | {"password": "fourteen chars"}
    administrator = client.clinic.administrator
    answer = client.post(f"{client.books}/people", short, by=administrator)
    assert answer.status_code == 422
    assert answer.json["fields"][0]["field"] == "password"
