"""What an address demands is checked before anything is done or told."""

import pytest

from tests.http.api_client import ApiClient

NOTE = {"text": "hello", "amount": "1 mg"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_person_without_the_permission_is_refused(client: ApiClient) -> None:
    path = f"{client.books}/notes"
    answer = client.post(path, NOTE, by=client.clinic.clinician)
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert answer.json["data"] == {"permission": "receive"}
    assert client.events() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_registration_looks_exactly_like_one_that_is_absent(
    client: ApiClient, method: str
) -> None:
    ask = getattr(client, method)
    ids = (client.clinic.elsewhere_id, "reg_00000000000000000000000000", "x")
    answers = [ask(f"/api/v1/registrations/{id_}/notes").json for id_ in ids]
    for answer in answers:
        del answer["request_id"]
    assert answers[0]["code"] == "not_found"
    assert answers[0] == answers[1] == answers[2]


def test_a_stranger_cannot_write(client: ApiClient) -> None:
    path = f"{client.books}/notes"
    answer = client.post(path, NOTE, by=client.clinic.stranger)
    assert answer.status_code == 404
    assert client.events() == 0


@pytest.mark.parametrize("name", ["a%00b", "%0A", "%C2%85"])
def test_an_address_with_control_characters_names_nothing(
    client: ApiClient, name: str
) -> None:
    assert client.get(f"{client.books}/notes/{name}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=5", 200),
        ("", 200),
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=05", 422),
        ("limit=+5", 422),
        ("limit=%EF%BC%95", 422),
        ("limit=5&limit=5", 400),
        ("limit=5%00", 400),
        ("other=1", 422),
    ],
)
def test_a_query_string_is_read_strictly(
    client: ApiClient, query: str, status: int
) -> None:
    assert client.get(f"{client.books}/notes?{query}").status_code == status
