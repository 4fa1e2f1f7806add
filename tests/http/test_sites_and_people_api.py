"""Places, people and changes of access over HTTP."""

from typing import Any

import pytest
from sqlalchemy import select

from inventory.kernel.actors import Actor
from inventory.models.service import IdempotencyKey
from tests.clinic import PASSWORD
from tests.http.api_client import Answer, ApiClient

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

PLACE = {"name": "Crash cart", "kind": "kit", "lock_class": "locked_container"}
PERSON = {"sign_in_name": "nora", "name": "Nora New", "initials": "NN"}


class Desk:
    """The administrator's program."""

    def __init__(self, client: ApiClient) -> None:
        self.client, self.clinic = client, client.clinic

    def post(self, path: str, body: Any = None, *, by: Actor | None = None) -> Answer:
        actor = by or self.clinic.administrator
        return self.client.post(f"{self.client.books}/{path}", body, by=actor)

    def get(self, path: str, *, by: Actor | None = None) -> Answer:
        actor = by or self.clinic.administrator
        return self.client.get(f"{self.client.books}/{path}", by=actor)

    def ask(self, person: Actor, role: str) -> Any:
        body = {"person_id": person.id, "kind": "grant_role", "role": role}
        answer = self.post("access-requests", body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def approve(self, asked: Any, **changed: str) -> Answer:
        body = {
            "sign_in_name": "mona",
            "password": PASSWORD,
            "digest": asked["digest"],
            **changed,
        }
        path = f"access-requests/{asked['shown']['request_id']}/approval"
        return self.post(path, body, by=self.clinic.manager)

    def roles(self, person: Actor) -> list[str]:
        roles: list[str] = self.get(f"people/{person.id}").json["roles"]
        return roles


@pytest.fixture
def desk(client: ApiClient) -> Desk:
    return Desk(client)


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


def test_who_keeps_the_places_sees_them(desk: Desk) -> None:
    assert [place["name"] for place in desk.get("locations").json] == [
        "Procedure room",
        "Vault",
    ]


@pytest.mark.parametrize("field", ["name", "kind", "lock_class"])
def test_a_place_without_its_lock_is_refused(desk: Desk, field: str) -> None:
    place = {name: value for name, value in PLACE.items() if name != field}
    answer = desk.post("locations", place)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["fields"]] == [field]


def test_a_pharmacist_adds_neither_places_nor_people(client: ApiClient) -> None:
    for path, body in (("locations", PLACE), ("people", PERSON)):
        assert client.post(f"{client.books}/{path}", body).status_code == 403


def test_a_person_is_added_put_on_record_and_shown(desk: Desk) -> None:
    added = desk.post("people", PERSON)
    assert added.status_code == 201
    person = f"people/{added.json['person_id']}"
    screened = desk.post(f"{person}/screening", {"screened_on": "2026-10-30"})
    trained = desk.post(f"{person}/training", {"trained_until": "2027-03-31"})
    assert (screened.status_code, trained.status_code) == (201, 201)
    assert desk.get(person).json == {
        "id": added.json["person_id"],
        "kind": "person",
        **PERSON,
        "roles": [],
        "screened_on": "2026-10-30",
        "trained_until": "2027-04-01T04:00:00.000000Z",
        "has_accepted_policy": False,
        "has_password": False,
        "disabled_at": None,
        "history": [],
    }
    names = [each["name"] for each in desk.get("people").json]
    assert "Nora New" in names
    assert names == sorted(names)


def test_no_password_is_taken_from_an_administrator(desk: Desk) -> None:
    answer = desk.post("people", PERSON | {"password": PASSWORD})
    assert (answer.status_code, answer.json["fields"][0]["field"]) == (422, "password")


def test_a_job_is_added(desk: Desk) -> None:
    job = {"sign_in_name": "weekly", "name": "Weekly plan", "initials": "WEEK"}
    answer = desk.post("jobs", job)
    assert (answer.status_code, answer.json["kind"]) == (201, "job")


def test_a_role_is_asked_for_seen_and_approved(desk: Desk) -> None:
    clinic = desk.clinic
    asked = desk.ask(clinic.pharmacist, "clinician")
    (pending,) = desk.get("access-requests", by=clinic.officer).json
    assert pending["shown"] == asked["shown"]
    assert (pending["digest"], pending["state"]) == (asked["digest"], "pending")
    assert desk.roles(clinic.pharmacist) == ["pharmacist"]
    approved = desk.approve(asked)
    assert approved.status_code == 201, approved.text
    assert approved.json["approved_by"] == "Mona Manager"
    assert desk.roles(clinic.pharmacist) == ["clinician", "pharmacist"]
    shown = desk.get(f"access-requests/{asked['shown']['request_id']}").json
    assert (shown["state"], shown["decided_by"]) == ("approved", "Mona Manager")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"password": "not this one, surely"}, 422, "signature_not_proven"),
        ({"sign_in_name": "nobody"}, 422, "signature_not_proven"),
        ({"sign_in_name": "ada"}, 403, "not_permitted"),
        ({"sign_in_name": "pat"}, 403, "not_permitted"),
        ({"digest": "0" * 64}, 409, "witness_saw_another_entry"),
    ],
)
def test_only_the_right_credential_over_the_right_digest_approves(
    desk: Desk, changed: dict[str, str], status: int, code: str
) -> None:
    asked = desk.ask(desk.clinic.pharmacist, "clinician")
    answer = desk.approve(asked, **changed)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert desk.roles(desk.clinic.pharmacist) == ["pharmacist"]


def test_a_password_is_neither_answered_nor_kept(desk: Desk) -> None:
    asked = desk.ask(desk.clinic.pharmacist, "clinician")
    assert PASSWORD not in desk.approve(asked).text
    with desk.clinic.database.reading() as db:
        assert not any(PASSWORD in kept.answer for kept in db.scalars(_KEPT))


_KEPT = select(IdempotencyKey)


def test_a_request_is_refused_with_its_reason_or_taken_back(desk: Desk) -> None:
    clinic = desk.clinic
    first = desk.ask(clinic.pharmacist, "clinician")["shown"]["request_id"]
    other = desk.ask(clinic.clinician, "witness")["shown"]["request_id"]
    reason = {"reason": "Not needed."}
    refused = desk.post(f"access-requests/{first}/refusal", reason, by=clinic.officer)
    withdrawn = desk.post(f"access-requests/{other}/withdrawal")
    assert (refused.json["state"], withdrawn.json["state"]) == ("refused", "withdrawn")
    shown = desk.get(f"access-requests/{first}").json
    assert shown["refused_because"] == "Not needed."
    assert desk.get("access-requests").json == []


def test_rival_roles_are_refused_with_the_field(desk: Desk) -> None:
    body = {
        "person_id": desk.clinic.pharmacist.id,
        "kind": "grant_role",
        "role": "administrator",
    }
    answer = desk.post("access-requests", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_field")
    assert answer.json["fields"][0]["field"] == "role"


def test_a_disabled_person_s_token_stops_at_once(desk: Desk) -> None:
    clinic, client = desk.clinic, desk.client
    on_hand = f"{client.books}/on-hand"
    assert client.get(on_hand).status_code == 200
    disabled = desk.post(f"people/{clinic.pharmacist.id}/disabling")
    assert disabled.status_code == 201
    assert client.get(on_hand).status_code == 401
    enabled = desk.post(f"people/{clinic.pharmacist.id}/enabling")
    assert (enabled.status_code, enabled.json["disabled_at"]) == (201, None)
    assert desk.roles(clinic.pharmacist) == []


def test_the_access_of_a_day_is_told_from_the_journal(desk: Desk) -> None:
    clinic = desk.clinic
    added = desk.post("people", PERSON).json["person_id"]
    report = desk.get("access?on=2026-11-02", by=clinic.officer)
    assert report.status_code == 200
    # The people of this clinic were put into its tables; only one is in its journal.
    (nora,) = report.json["people"]
    assert (nora["person_id"], nora["could"]) == (added, [])
    assert (report.json["on"], report.json["position"]) == ("2026-11-02", 1)


@pytest.mark.parametrize("day", ["2026-11-03", "yesterday", ""])
def test_no_report_is_given_for_a_day_to_come(desk: Desk, day: str) -> None:
    answer = desk.get(f"access?on={day}")
    assert (answer.status_code, answer.json["fields"][0]["field"]) == (422, "on")


@pytest.mark.parametrize("who", ["pharmacist", "clinician", "colleague"])
def test_who_records_reads_nothing_about_access(desk: Desk, who: str) -> None:
    actor = getattr(desk.clinic, who)
    for path in ("people", "access-requests", "access?on=2026-11-02"):
        assert desk.get(path, by=actor).status_code == 403
