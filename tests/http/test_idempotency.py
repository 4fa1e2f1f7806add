"""One key, one entry, one answer, whatever the client retries."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from inventory.models.service import IdempotencyKey
from inventory.web.idempotency import request_sha256
from tests.http.api_client import ApiClient

NOTE = {"text": "hello", "amount": "35.65 mg"}
AT_ONCE = 32


def test_a_repeated_entry_is_recorded_once_and_answered_alike(
    client: ApiClient,
) -> None:
    first = client.post(f"{client.books}/notes", NOTE, key="one")
    again = client.post(
        f"{client.books}/notes", dict(reversed(NOTE.items())), key="one"
    )
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.events() == 1


def test_many_at_once_under_one_key_are_one_entry(client: ApiClient) -> None:
    token = client.token()

    def post(_: int) -> bytes:
        path = f"{client.books}/notes"
        answer = client.post(path, NOTE, token=token, key="storm")
        assert answer.status_code == 201
        return answer.data

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(post, range(AT_ONCE)))
    assert len(answers) == AT_ONCE
    assert len(set(answers)) == 1
    assert client.events() == 1


@pytest.mark.parametrize(
    ("path", "note"),
    [("/notes", NOTE | {"text": "other"}), ("/notes", {}), ("/faults", NOTE)],
)
def test_a_key_does_not_name_two_entries(
    client: ApiClient, path: str, note: dict[str, str]
) -> None:
    client.post(f"{client.books}/notes", NOTE, key="one")
    answer = client.post(client.books + path, note, key="one")
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_key_reused")
    assert client.events() == 1


def test_a_key_belongs_to_one_person(client: ApiClient) -> None:
    client.post(f"{client.books}/notes", NOTE, key="one")
    answer = client.get("/api/v1/idempotency-keys/one", by=client.clinic.clinician)
    assert answer.status_code == 404


def test_a_refused_entry_leaves_its_key_free(client: ApiClient) -> None:
    bad = NOTE | {"amount": "0 mg"}
    assert client.post(f"{client.books}/notes", bad, key="one").status_code == 422
    assert client.post(f"{client.books}/notes", NOTE, key="one").status_code == 201
    assert client.events() == 1


def test_a_failed_entry_leaves_its_key_free(client: ApiClient) -> None:
    assert client.post(f"{client.books}/faults", key="one").status_code == 500
    with client.clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(IdempotencyKey)) == 0


@pytest.mark.parametrize("key", ["", "a b", "tab\t", "é", "x" * 256])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_entry_needs_a_key_of_visible_ascii(client: ApiClient, key: str) -> None:
    headers = client.headers() | {"Idempotency-Key": key}
    answer = client.open("POST", f"{client.books}/notes", json=NOTE, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")
    assert client.events() == 0


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_entry_without_a_key_is_refused(client: ApiClient) -> None:
    headers = client.headers()
    del headers["Idempotency-Key"]
    answer = client.open("POST", f"{client.books}/notes", json=NOTE, headers=headers)
    assert answer.json["code"] == "idempotency_key_missing"


@pytest.mark.parametrize("key", ["one", "x" * 255, "a/b//c", "100%", "?#"])
def test_an_outcome_can_be_looked_up(client: ApiClient, key: str) -> None:
    address = f"/api/v1/idempotency-keys/{_quoted(key)}"
    assert client.get(address).status_code == 404
    written = client.post(f"{client.books}/notes", NOTE, key=key)
    outcome = client.get(address)
    assert outcome.json["key"] == key
    assert outcome.json["status"] == 201
    assert json.loads(outcome.json["answer"]) == written.json


def test_a_password_is_no_part_of_what_is_kept(client: ApiClient) -> None:
    witness = {"sign_in_name": "wim", "password": "a wrong password 1"}
    first = client.post(f"{client.books}/notes", NOTE | {"witness": witness}, key="one")
    witness = witness | {"password": "another password 2"}
    again = client.post(f"{client.books}/notes", NOTE | {"witness": witness}, key="one")
    assert first.status_code == 201
    assert again.data == first.data


def test_secrets_are_left_out_of_the_fingerprint_at_any_depth() -> None:
    def sha256(secret: str, amount: str) -> str:
        body = {"lines": [{"witness": {"password": secret}, "amount": amount}]}
        return request_sha256("POST", "/x", body, ("password",))

    assert sha256("one", "1 mg") == sha256("two", "1 mg")
    assert sha256("one", "1 mg") != sha256("one", "2 mg")


def _quoted(key: str) -> str:
    for mark in "%/?#":
        key = key.replace(mark, f"%{ord(mark):02X}")
    return key
