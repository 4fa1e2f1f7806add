"""A supervised session over HTTP, from opening to zero."""

import pytest

from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.steps import Steps
from tests.steps.deliveries import ESKETAMINE

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


def _session(client: ApiClient) -> dict[str, str]:
    return {
        "patient_ref": "PT-20931-A",
        "indication": "mood_disorder",
        "clinician_id": client.clinic.clinician.id,
        "weight_kg": "71.3",
        "route": "iv",
        "protocol": "0.5 mg/kg over 40 min",
    }


def _opened(client: ApiClient) -> str:
    answer = client.post(f"{client.books}/sessions", _session(client))
    assert answer.status_code == 201
    session_id: str = answer.json["session_id"]
    return f"{client.books}/sessions/{session_id}"


def test_a_session_runs_from_opening_to_zero(client: ApiClient, ward: Steps) -> None:
    (vial,) = ward.stock(lot="K7")
    container = f"{client.books}/containers/{vial}"
    opened = client.post(f"{container}/opening")
    assert (opened.json["number"], opened.json["lot"]) == (1, "K7")
    session = _opened(client)
    lines = [{"container_id": vial, "amount": "0.713 mL"}]
    drawn = client.post(f"{session}/draws", {"lines": lines})
    assert drawn.json["drawn"] == {
        "amount_ug": 35_650,
        "amount_mg": "35.65 mg",
        "amount": "0.713 mL",
    }
    given = client.post(f"{session}/administrations", {"amount": "35.65 mg"})
    assert given.json["dose"] == "0.5 mg/kg"
    assert given.json["remaining"]["amount_ug"] == 0
    closed = client.post(f"{session}/closing")
    assert closed.json["position"] == client.events() == 7
    assert len(closed.json["root"]) == 64


def test_a_session_is_shown_with_its_figures_and_steps(
    client: ApiClient, ward: Steps
) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.7 mL")
    ward.witness(ward.ask(session_id, "0.1 mL"))
    shown = client.get(f"{client.books}/sessions/{session_id}").json
    figures = {name: each["amount"] for name, each in shown["figures"].items()}
    assert figures == {
        "drawn": "1 mL",
        "given": "0.7 mL",
        "wasted": "0.1 mL",
        "remaining": "0.2 mL",
    }
    assert [step["moved_mg"] for step in shown["steps"]] == [
        None,
        "50 mg",
        "35 mg",
        None,
        "5 mg",
    ]
    assert shown["steps"][-1]["witness"] == "Wim Witness"
    assert shown["containers"][0]["figures"]["remaining"]["amount_ug"] == 10_000


def test_a_session_without_a_draw_is_shown_without_figures(client: ApiClient) -> None:
    shown = client.get(_opened(client)).json
    assert (shown["product_name"], shown["figures"]) == (None, None)


def test_open_sessions_are_listed(client: ApiClient, ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.close(ward.open_session().session_id)
    (listed,) = client.get(f"{client.books}/sessions").json
    assert listed["session_id"] == session_id
    assert listed["remaining_mg"] == "50 mg"


def test_a_device_is_shown_in_devices(client: ApiClient, ward: Steps) -> None:
    (device,) = ward.stock(ESKETAMINE)
    shown = client.get(f"{client.books}/containers/{device}").json
    assert shown["state"] == "sealed"
    assert shown["balance"]["amount"] == "1 device"


def test_an_empty_vial_is_retired(client: ApiClient, ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    retirement = f"{client.books}/containers/{vial}/retirement"
    refused = client.post(retirement)
    assert (refused.status_code, refused.json["code"]) == (409, "container_not_empty")
    ward.draw(ward.open_session().session_id, (vial, "10 mL"))
    assert client.post(retirement).status_code == 201


def test_a_session_with_something_drawn_does_not_close(
    client: ApiClient, ward: Steps
) -> None:
    session_id = ward.drawn_session("1 mL")
    answer = client.post(f"{client.books}/sessions/{session_id}/closing")
    assert (answer.status_code, answer.json["code"]) == (409, "session_not_at_zero")
    assert answer.json["data"] == {"remaining_ug": 50_000}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("patient_ref", "Joanna Doe"),
        ("patient_ref", "123-45-6789"),
        ("indication", "fun"),
        ("route", "in"),
        ("weight_kg", "1e2"),
        ("weight_kg", 71),
        ("clinician_id", "per_01JB0000000000000000000000"),
        ("protocol", ""),
        ("occurred_at", "yesterday"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_recorded(
    client: ApiClient, field: str, value: object
) -> None:
    answer = client.post(f"{client.books}/sessions", _session(client) | {field: value})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["fields"]] == [field]
    assert client.events() == 0


@pytest.mark.parametrize("lines", [[], [{}] * 21])
def test_a_draw_has_one_to_twenty_lines(
    client: ApiClient, ward: Steps, lines: list[object]
) -> None:
    session_id = ward.open_session().session_id
    path = f"{client.books}/sessions/{session_id}/draws"
    assert client.post(path, {"lines": lines}).status_code == 422


def test_a_witness_alone_neither_runs_nor_reads_sessions(
    client: ApiClient, ward: Steps
) -> None:
    session_id = ward.open_session().session_id
    witness = client.clinic.colleague
    path = f"{client.books}/sessions"
    assert client.post(path, _session(client), by=witness).status_code == 403
    assert client.get(f"{path}/{session_id}", by=witness).status_code == 403
