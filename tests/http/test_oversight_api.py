"""What those who check may read: refused attempts, and who looked at patients' data."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from inventory.kernel.actors import Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.attempts import Attempt, PatientRead
from inventory.web.attempts import KEPT_PER_WINDOW
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of
from tests.http.neighbours import furnish
from tests.http.walls import QUERIES, Visitors, routes
from tests.staff import join
from tests.steps import Steps

NOTE = {"text": "hello", "amount": "1 mg"}

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_site_reads_the_attempts_at_its_addresses_and_of_its_people(
    client: ApiClient,
) -> None:
    clinic = client.clinic
    elsewhere = f"/api/v1/registrations/{clinic.elsewhere_id}/notes"
    client.post(f"{client.books}/notes", NOTE, by=clinic.clinician)
    client.post(f"{client.books}/notes", NOTE, by=clinic.stranger)
    client.post(elsewhere, NOTE, by=clinic.colleague)
    client.post(elsewhere, {}, by=clinic.stranger)
    client.post("/api/v1/tokens/tok_x/revoke", by=clinic.stranger)
    shown = client.get(f"{client.books}/attempts", by=clinic.officer).json["attempts"]
    assert {(one["person_id"], one["person"]) for one in shown} == {
        (clinic.clinician.id, "Cleo Clinician"),
        (clinic.stranger.id, None),
        (clinic.colleague.id, "Wim Witness"),
    }
    assert len(shown) == 3


def test_what_somebody_tries_at_their_other_site_is_that_sites_to_see(
    client: ApiClient, clinic: Clinic
) -> None:
    join(clinic, clinic.clinician, Role.CLINICIAN, at=clinic.elsewhere_id)
    elsewhere = f"/api/v1/registrations/{clinic.elsewhere_id}/notes"
    client.post(elsewhere, {}, by=clinic.clinician)
    shown = client.get(f"{client.books}/attempts", by=clinic.officer).json
    assert shown["attempts"] == []


def test_attempts_are_filtered_and_paged(client: ApiClient) -> None:
    clinic, books = client.clinic, client.books
    for number in range(6):
        for _ in range(KEPT_PER_WINDOW + number):
            client.post(f"{books}/notes", NOTE, by=clinic.clinician)
        clinic.clock.advance(timedelta(minutes=10))
    client.post(f"{books}/notes", {})
    address = f"{books}/attempts"
    first = client.get(address, by=clinic.officer).json
    again = f"{address}?before={first['next_before']}"
    second = client.get(again, by=clinic.officer).json
    ids = [one["id"] for page in (first, second) for one in page["attempts"]]
    assert (len(ids), len(set(ids))) == (121, 121)
    assert second["next_before"] is None
    counts = {
        (one["window_from"], one["attempts"])
        for page in (first, second)
        for one in page["suppressed"]
    }
    assert sorted(count for _, count in counts) == [1, 2, 3, 4, 5]
    assert {one["like"] for one in first["suppressed"]} <= set(ids)
    for query, found in {
        "code=invalid_field": 1,
        f"person_id={clinic.pharmacist.id}": 1,
        "day=2026-11-01": 0,
        "day=2026-11-02&code=invalid_field": 1,
        "action=POST+/nowhere": 0,
    }.items():
        page = client.get(f"{address}?{query}", by=clinic.officer).json
        assert len(page["attempts"]) == found, query


@on_sqlite
def test_a_page_begins_at_an_attempt_of_the_list(client: ApiClient) -> None:
    clinic = client.clinic
    client.post("/api/v1/tokens/tok_x/revoke", by=clinic.stranger)
    with clinic.database.reading() as db:
        theirs = db.scalars(select(Attempt.id)).one()
    for before in (theirs, "att_00000000000000000000000000"):
        address = f"{client.books}/attempts?before={before}"
        answer = client.get(address, by=clinic.officer)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_field")


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


def _reads(client: ApiClient, query: str = "") -> list[dict[str, str]]:
    address = f"{client.books}/patient-reads{query}"
    answer = client.get(address, by=client.clinic.officer)
    assert answer.status_code == 200
    reads: list[dict[str, str]] = answer.json["reads"]
    return reads


def test_who_looked_at_a_patient_is_recorded(client: ApiClient, ward: Steps) -> None:
    path = f"{client.books}/sessions/{ward.open_session().session_id}"
    assert client.get(path, by=client.clinic.manager).status_code == 200
    (read,) = _reads(client)
    assert (read["person"], read["path"]) == ("Mona Manager", path)
    assert read["action"] == (
        "GET /api/v1/registrations/<registration_id>/sessions/<session_id>"
    )
    assert read["source"].startswith("tok_")


def test_a_look_in_a_browser_is_recorded(app: Flask, client: ApiClient) -> None:
    page = f"/registrations/{client.clinic.registration_id}/"
    browser = browser_of(app, client.clinic, client.clinic.pharmacist)
    assert browser.get(page).status_code == 200
    (read,) = _reads(client)
    assert (read["path"], read["source"][:4]) == (page, "sgn_")


@on_sqlite
def test_who_was_not_shown_anything_did_not_look(client: ApiClient) -> None:
    absent = f"{client.books}/sessions/ses_00000000000000000000000000"
    assert client.get(absent).status_code == 404
    assert (
        client.get(f"{client.books}/sessions", by=client.clinic.job).status_code == 200
    )
    assert (
        client.get(f"{client.books}/sessions", by=client.clinic.colleague).status_code
        == 403
    )
    assert [read["person"] for read in _reads(client)] == ["Nightly reconciliation"]


@on_sqlite
@pytest.mark.parametrize("code", [ErrorCode.BUSY, ErrorCode.READ_ONLY])
def test_nothing_is_shown_that_cannot_be_recorded(
    client: ApiClient, code: ErrorCode
) -> None:
    def refuse() -> None:
        raise InventoryError(code, "Not now.")

    token = client.token()
    client.clinic.database.guard_writing(refuse)
    answer = client.get(f"{client.books}/sessions", token=token)
    assert (answer.status_code, answer.json["code"]) == (503, code.value)
    on_hand = client.get(f"{client.books}/on-hand", token=token)
    assert on_hand.status_code == 200


def test_reads_are_filtered_and_paged(client: ApiClient) -> None:
    clinic = client.clinic
    for _ in range(101):
        client.get(f"{client.books}/sessions")
        clinic.clock.advance(timedelta(seconds=1))
    client.get(f"{client.books}/sessions", by=clinic.officer)
    address = f"{client.books}/patient-reads"
    first = client.get(address, by=clinic.officer).json
    rest = client.get(f"{address}?before={first['next_before']}", by=clinic.officer)
    assert (len(first["reads"]), len(rest.json["reads"])) == (100, 2)
    assert rest.json["next_before"] is None
    assert len(_reads(client, f"?person_id={clinic.officer.id}")) == 1
    assert _reads(client, "?day=2026-11-01") == []


@on_sqlite
def test_every_answer_about_a_patient_is_recorded(app: Flask, clinic: Clinic) -> None:
    """Ask every address that reads; where a patient is named, it was recorded."""
    ours = furnish(Steps(clinic), "OURS")
    named = (b"PT-OURS-", b"ses_")
    people, told, silent = Visitors(app, clinic), [], []
    for route in routes(app):
        if route.method != "GET" or route.rule.endswith("/patient-reads"):
            continue
        before = _count(clinic)
        path = route.path(clinic.registration_id, ours) + QUERIES.get(route.rule, "")
        seen = people.who_may(route.access).ask(route, path)
        if any(name in seen.body for name in named):
            told.append(str(route))
            if _count(clinic) == before:
                silent.append(str(route))
    assert silent == []
    assert len(told) > 5, "sessions, waste requests, the start page"


def _count(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        return db.scalar(select(func.count()).select_from(PatientRead)) or 0
