"""Waste before a witness over HTTP: what is shown, signed, and kept secret."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.steps import Steps

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


def _asked(client: ApiClient, ward: Steps) -> Any:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.713 mL")
    entry = {
        "amount": "0.287 mL",
        "manner": "pharmaceutical_waste_container",
        "place": "Room 2",
    }
    path = f"{client.books}/sessions/{session_id}/waste-requests"
    answer = client.post(path, entry)
    assert answer.status_code == 201
    return answer.json


def _witness(client: ApiClient, asked: Any) -> str:
    return f"{client.books}/waste-requests/{asked['shown']['request_id']}/witness"


def _signature(asked: Any, **changes: str) -> dict[str, str]:
    signed = {
        "sign_in_name": "wim",
        "password": PASSWORD,
        "digest": asked["digest"],
    }
    return signed | changes


def test_the_answer_shows_everything_a_witness_must_see(
    client: ApiClient, ward: Steps
) -> None:
    asked = _asked(client, ward)
    shown = asked["shown"]
    assert shown["product_name"] == "Ketalar 50 mg/mL, 10 mL vial"
    assert (shown["amount_mg"], shown["amount"]) == ("14.35 mg", "0.287 mL")
    assert [each["number"] for each in shown["containers"]] == [1]
    assert shown["manner"] == "pharmaceutical_waste_container"
    assert shown["place"] == "Room 2"
    assert shown["requested_by"] == "Pat Pharmacist"
    assert asked["requested_at"] == "2026-11-02T14:00:00.000000Z"
    assert asked["valid_until"] == "2026-11-02T14:10:00.000000Z"
    assert (asked["witnesses_needed"], asked["pair"]) == (1, None)


def test_two_witnesses_sign_one_after_the_other(client: ApiClient, ward: Steps) -> None:
    ward.rule("second_witness_percent", "100")
    asked = _asked(client, ward)
    assert asked["witnesses_needed"] == 2
    first = client.post(_witness(client, asked), _signature(asked)).json
    assert (first["awaiting"], first["remaining"]["amount"]) == (1, "0.287 mL")
    request = f"{client.books}/waste-requests/{asked['shown']['request_id']}"
    pending = client.get(request, by=client.clinic.colleague).json
    assert (pending["state"], pending["signed_by"]) == ("pending", ["Wim Witness"])
    second = _signature(asked, sign_in_name="cleo")
    done = client.post(_witness(client, asked), second).json
    assert (done["awaiting"], done["remaining"]["amount_ug"]) == (0, 0)


@pytest.mark.parametrize("signed_in", ["pharmacist", "colleague"])
def test_a_witness_signs_with_their_own_password_on_any_device(
    client: ApiClient, ward: Steps, signed_in: str
) -> None:
    asked = _asked(client, ward)
    by = getattr(client.clinic, signed_in)
    answer = client.post(_witness(client, asked), _signature(asked), by=by)
    assert answer.status_code == 201
    assert answer.json["witnessed_by"] == "Wim Witness"
    assert answer.json["remaining"] == {
        "amount_ug": 0,
        "amount_mg": "0 mg",
        "amount": "0 mL",
    }
    assert answer.json["position"] == client.events()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "not the password at all"}, "witness_not_proven"),
        ({"sign_in_name": "nobody"}, "witness_not_proven"),
        ({"sign_in_name": "pat"}, "witness_is_actor"),
        ({"sign_in_name": "olga"}, "witness_not_entitled"),
        ({"sign_in_name": "sid"}, "witness_not_entitled"),
        ({"digest": "0" * 64}, "witness_saw_another_entry"),
        ({"digest": "A" * 64}, "invalid_field"),
    ],
)
def test_a_signature_that_does_not_count_moves_nothing(
    client: ApiClient, ward: Steps, changes: dict[str, str], code: str
) -> None:
    asked = _asked(client, ward)
    before = client.events()
    answer = client.post(_witness(client, asked), _signature(asked, **changes))
    assert answer.json["code"] == code
    assert client.events() == before


def test_a_repeated_signature_is_answered_once_more_and_recorded_once(
    client: ApiClient, ward: Steps
) -> None:
    asked = _asked(client, ward)
    path, signature = _witness(client, asked), _signature(asked)
    first = client.post(path, signature, key="twice")
    again = client.post(path, signature, key="twice")
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.post(path, signature).json["code"] == "waste_not_pending"


def test_the_password_is_nowhere_in_the_database(
    client: ApiClient, ward: Steps
) -> None:
    asked = _asked(client, ward)
    answer = client.post(_witness(client, asked), _signature(asked))
    assert PASSWORD not in answer.text
    with client.clinic.database.reading() as db:
        connection = db.connection()
        tables = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table'")
        ).scalars()
        for table in list(tables):
            rows = connection.execute(text(f"SELECT * FROM {table}"))
            assert not any(PASSWORD in str(tuple(row)) for row in rows), table


def test_a_pending_request_is_shown_to_witnesses_until_it_ends(
    client: ApiClient, ward: Steps
) -> None:
    asked, witness = _asked(client, ward), client.clinic.colleague
    path = f"{client.books}/waste-requests"
    (pending,) = client.get(path, by=witness).json
    assert (pending["shown"], pending["digest"]) == (asked["shown"], asked["digest"])
    assert (pending["state"], pending["too_late"]) == ("pending", False)
    request = f"{path}/{asked['shown']['request_id']}"
    reason = {"reason": "Given after all"}
    assert client.post(f"{request}/cancellation", reason, by=witness).status_code == 403
    assert client.post(f"{request}/cancellation", reason).status_code == 201
    assert client.get(path, by=witness).json == []
    ended = client.get(request, by=witness).json
    assert (ended["state"], ended["cancelled_because"]) == (
        "cancelled",
        "Given after all",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("manner", "sink"), ("amount", 14), ("place", ""), ("witness", "wim")],
)
def test_a_bad_field_is_named(
    client: ApiClient, ward: Steps, field: str, value: object
) -> None:
    session_id = ward.drawn_session()
    entry = {"amount": "1 mL", "manner": "sequestration_device", field: value}
    path = f"{client.books}/sessions/{session_id}/waste-requests"
    answer = client.post(path, entry)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["fields"]] == [field]
