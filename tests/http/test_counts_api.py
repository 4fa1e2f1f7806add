"""Counts, cases and reconciliations as a program sees them."""

import json
import re
from typing import Any

import pytest

from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.steps import Steps

VIALS = 37  # a number that stands in no other answer by chance


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """Vials in the vault: 37 sealed, and one in use with 9.287 mL left."""
    ward = Steps(clinic)
    first, *_ = ward.stock(vials=VIALS + 1)
    ward.open_container(first)
    session = ward.open_session().session_id
    ward.draw(session, (first, "0.713 mL"))
    return ward


def _start(client: ApiClient, clinic: Clinic) -> dict[str, Any]:
    body = {"location_id": clinic.vault, "kind": "shift"}
    answer = client.post(f"{client.books}/counts", body)
    assert answer.status_code == 201, answer.text
    started: dict[str, Any] = answer.json
    return started


def _figures(started: dict[str, Any], containers: int, volume: str) -> dict[str, Any]:
    lot_id = started["sheet"]["lots"][0]["lot_id"]
    return {
        "sealed": [{"lot_id": lot_id, "containers": containers}],
        "in_use": [{"number": 1, "volume": volume}],
    }


@pytest.mark.usefixtures("ward")
def test_a_count_is_started_and_committed(client: ApiClient, clinic: Clinic) -> None:
    started = _start(client, clinic)
    path = f"{client.books}/counts/{started['count_id']}"
    answer = client.post(
        f"{path}/commit",
        {
            **_figures(started, VIALS - 1, "9.287 mL"),
            "witness": {"sign_in_name": "wim", "password": PASSWORD},
        },
    )
    assert answer.status_code == 201, answer.text
    assert PASSWORD not in answer.text
    assert answer.json["discrepancies"] == ["D-0001"]
    assert answer.json["position"] == started["position"] + 1
    sealed, in_use = answer.json["count"]["lines"]
    assert sealed["variance"] == {
        "containers": -1,
        "amount_ug": -500_000,
        "amount_mg": "-500 mg",
        "amount": "-10 mL",
    }
    assert in_use["variance"]["amount_ug"] == 0
    read = client.get(path).json
    assert read == answer.json["count"]
    [case] = client.get(f"{client.books}/discrepancies").json
    assert (case["label"], case["variance"]) == ("D-0001", sealed["variance"])
    one = client.get(f"{client.books}/discrepancies/{case['discrepancy_id']}")
    assert one.json == case


# What the books expect, in every form in which an answer could show it.
EXPECTED = re.compile(
    rf"\b({VIALS}|{VIALS + 1}|{VIALS * 500_000}|{VIALS * 500}|{VIALS * 10}"
    r"|464350|464\.35|9\.287)\b"
)


@pytest.mark.usefixtures("ward")
def test_no_answer_of_an_open_count_shows_what_is_expected(
    client: ApiClient, clinic: Clinic
) -> None:
    started = _start(client, clinic)
    path = f"{client.books}/counts/{started['count_id']}"
    lot_id = started["sheet"]["lots"][0]["lot_id"]
    in_use = [{"number": 1, "volume": "9 mL"}]
    wrong: list[dict[str, Any]] = [
        {"sealed": [], "in_use": []},
        {"sealed": [], "in_use": in_use},
        {"sealed": [{"lot_id": lot_id, "containers": 5}], "in_use": []},
        {"sealed": [{"lot_id": lot_id, "containers": 10_001}], "in_use": in_use},
        {"sealed": [{"lot_id": lot_id, "containers": -1}], "in_use": in_use},
        {"sealed": [{"lot_id": lot_id}], "in_use": in_use},
        {"sealed": [{"lot_id": lot_id, "numbers": [2, 2]}], "in_use": in_use},
        {"sealed": [{"lot_id": lot_id, "numbers": [999]}], "in_use": in_use},
        _figures(started, 5, "11.6 mL"),
        _figures(started, 5, "9.1234567 mL"),
        {
            **_figures(started, 5, "9 mL"),
            "witness": {"sign_in_name": "wim", "password": "not the password"},
        },
    ]
    answers = [client.post(f"{path}/commit", body) for body in wrong]
    assert {answer.status_code // 100 for answer in answers} == {4}
    second = {"location_id": clinic.vault, "kind": "spot"}
    answers += [
        client.get(path),
        client.get(path, by=clinic.officer),
        client.post(f"{client.books}/counts", second),
        client.get(f"{client.books}/discrepancies"),
    ]
    texts = [json.dumps(started), *(answer.text for answer in answers)]
    for text in texts:
        plain = re.sub(r'"(request_id|instance)": *"[^"]*"', "", text)
        assert not EXPECTED.search(_without_names(plain)), plain


def _without_names(text: str) -> str:
    """Leave out identifiers, hashes and times, whose digits are nobody's figures."""
    text = re.sub(r"[a-z]{3}_[0-9A-Z]{26}|[0-9a-f]{32,}", "", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", text)


@pytest.mark.usefixtures("ward")
def test_the_figures_are_recognised_where_they_do_show(
    client: ApiClient, clinic: Clinic
) -> None:
    started = _start(client, clinic)
    path = f"{client.books}/counts/{started['count_id']}/commit"
    answer = client.post(path, _figures(started, 5, "9 mL"))
    assert EXPECTED.search(_without_names(answer.text))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "cycle"}, "location_id"),
        ({"location_id": "loc_1", "kind": "cycle"}, "location_id"),
        ({"kind": "look"}, "kind"),
        ({"kind": "cycle", "expected": 1}, "expected"),
    ],
)
def test_a_start_that_cannot_be_read_names_its_field(
    client: ApiClient, clinic: Clinic, body: dict[str, str], field: str
) -> None:
    full = {"location_id": clinic.vault, **body} if field != "location_id" else body
    answer = client.post(f"{client.books}/counts", full)
    assert answer.status_code == 422
    assert field in answer.text


@pytest.mark.usefixtures("ward")
@pytest.mark.parametrize("containers", [True, "3", 3.0, None, -1, [3]])
def test_a_number_of_containers_is_a_whole_number(
    client: ApiClient, clinic: Clinic, containers: object
) -> None:
    started = _start(client, clinic)
    figures = _figures(started, 0, "9 mL")
    figures["sealed"][0]["containers"] = containers
    before = client.events()
    path = f"{client.books}/counts/{started['count_id']}/commit"
    answer = client.post(path, figures)
    assert answer.status_code in (400, 422)
    assert client.events() == before


def test_a_count_of_another_book_is_not_found(
    client: ApiClient, clinic: Clinic
) -> None:
    started = _start(client, clinic)
    path = f"{client.books}/counts/{started['count_id']}"
    assert client.get(path, by=clinic.stranger).status_code == 404
    elsewhere = f"/api/v1/registrations/{clinic.elsewhere_id}"
    theirs = f"{elsewhere}/counts/{started['count_id']}"
    assert client.get(theirs, by=clinic.stranger).status_code == 404


@pytest.mark.usefixtures("ward")
def test_a_period_is_reconciled_and_read_back(
    client: ApiClient, clinic: Clinic
) -> None:
    period = {"first_day": "2026-11-01", "last_day": "2026-11-02"}
    path = f"{client.books}/reconciliations"
    assert client.post(path, period).status_code == 403
    made = client.post(path, period, by=clinic.officer)
    assert made.status_code == 201, made.text
    again = client.post(path, period, by=clinic.officer)
    assert again.json == {**made.json, "repeated": True}
    [listed] = client.get(path).json
    read = client.get(f"{path}/{listed['reconciliation_id']}").json
    assert read["reconciliation"] == listed
    [product] = read["figures"]["products"]
    equation = product["equation"]
    assert equation["terms"]["received"]["containers"] == VIALS + 1
    assert equation["drawn"]["amount"] == "0.713 mL"
    assert equation["on_the_shelf"]["amount"] == "379.287 mL"
    assert product["shelf"]["counted"] is None
    assert read["figures"]["places_not_counted"] == ["Vault"]
    [held] = product["drawn"]
    assert held["held"]["amount_mg"] == "35.65 mg"


@pytest.mark.usefixtures("ward")
def test_a_reconciliation_shows_counts_variances_and_cases(
    client: ApiClient, clinic: Clinic
) -> None:
    started = _start(client, clinic)
    path = f"{client.books}/counts/{started['count_id']}/commit"
    client.post(path, _figures(started, VIALS - 1, "9.287 mL"))
    period = {"first_day": "2026-11-02", "last_day": "2026-11-02"}
    books = f"{client.books}/reconciliations"
    made = client.post(books, period, by=clinic.officer).json
    figures = client.get(f"{books}/{made['reconciliation_id']}").json["figures"]
    [count] = figures["counts"]
    assert (count["place"], count["counted_by"]) == ("Vault", "Pat Pharmacist")
    assert count["witnessed_by"] is None
    assert [line["variance"]["amount"] for line in count["lines"]] == ["-10 mL", "0 mL"]
    [case] = figures["discrepancies"]
    assert (case["label"], case["variance"]["containers"]) == ("D-0001", -1)
    [product] = figures["products"]
    assert product["shelf"]["counted"]["amount"] == "369.287 mL"
    [in_use] = product["containers"]
    assert (in_use["number"], in_use["shelf"]["counted"]["amount"]) == (1, "9.287 mL")


def test_a_period_that_runs_backwards_is_refused(
    client: ApiClient, clinic: Clinic
) -> None:
    period = {"first_day": "2026-11-02", "last_day": "2026-11-01"}
    answer = client.post(f"{client.books}/reconciliations", period, by=clinic.officer)
    assert answer.status_code == 422
    assert "last_day" in answer.text
