"""Every refused mutation leaves an attempt, and no number of them fills the disk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import DatabaseError
from structlog.testing import capture_logs

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.attempts import Attempt, SuppressedAttempts, window_of
from inventory.web.attempts import KEPT_PER_WINDOW, Tried, keep
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of, form_token
from tests.steps import Steps

NOTE = {"text": "hello", "amount": "1 mg"}
ABSENT = "reg_00000000000000000000000000"
SECRET = "a secret that nobody may read again"

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def _kept(clinic: Clinic) -> list[Attempt]:
    with clinic.database.reading() as db:
        return list(db.scalars(select(Attempt).order_by(Attempt.tried_at, Attempt.id)))


def _one(clinic: Clinic) -> Attempt:
    (attempt,) = _kept(clinic)
    return attempt


def _suppressed(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        return db.scalar(select(func.sum(SuppressedAttempts.attempts))) or 0


def _tried(**changes: Any) -> Tried:
    return Tried(
        **{
            "registration_id": None,
            "person_id": None,
            "principal": "network of a program gone wild",
            "source": "",
            "network": "192.0.2.7",
            "action": "POST /somewhere",
            "path": "/somewhere",
            "code": "not_found",
            "field": None,
            "detail": "There is nothing here.",
            **changes,
        }
    )


def test_a_refused_entry_leaves_who_what_and_why(client: ApiClient) -> None:
    clinic = client.clinic
    answer = client.post(f"{client.books}/notes", NOTE, by=clinic.clinician)
    assert answer.status_code == 403
    attempt = _one(clinic)
    assert attempt.person_id == clinic.clinician.id
    assert attempt.registration_id == clinic.registration_id
    assert attempt.source.startswith("tok_")
    assert attempt.network == "127.0.0.1"
    assert attempt.action == "POST /api/v1/registrations/<registration_id>/notes"
    assert attempt.path == f"{client.books}/notes"
    assert (attempt.code, attempt.detail) == ("not_permitted", answer.json["detail"])
    assert attempt.tried_at == clinic.clock.now()
    assert client.events() == 0


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("notes", NOTE | {"amount": "1,5 mg"}, "invalid_amount", "amount"),
        ("notes", {"text": "hello"}, "invalid_field", "amount"),
        ("notes", NOTE | {"day": "2026-02-30"}, "invalid_field", "day"),
        ("nowhere", NOTE, "not_found", None),
        ("on-hand", NOTE, "malformed_request", None),
    ],
)
@on_sqlite
def test_whatever_refuses_it_is_kept(
    client: ApiClient, path: str, body: Any, code: str, field: str | None
) -> None:
    assert client.post(f"{client.books}/{path}", body).status_code >= 400
    attempt = _one(client.clinic)
    assert (attempt.code, attempt.field) == (code, field)


@on_sqlite
def test_a_body_that_cannot_be_read_is_kept(client: ApiClient) -> None:
    client.post_raw(f"{client.books}/notes", b"{")
    client.post_raw(f"{client.books}/notes", b"{}", content_type="text/plain")
    client.post_raw(f"{client.books}/notes", b"x" * (1024 * 1024 + 1))
    codes = [attempt.code for attempt in _kept(client.clinic)]
    assert sorted(codes) == [
        "malformed_request",
        "malformed_request",
        "request_too_large",
    ]


def test_a_stranger_leaves_the_network_and_nothing_of_the_token(
    client: ApiClient,
) -> None:
    client.post(f"{client.books}/notes", NOTE, token=f"cst_{SECRET}")
    attempt = _one(client.clinic)
    assert (attempt.code, attempt.person_id) == ("not_signed_in", None)
    assert attempt.network not in attempt.principal
    assert SECRET not in str(vars(attempt))


@on_sqlite
def test_an_unknown_registration_is_not_kept_as_one(client: ApiClient) -> None:
    """Made-up addresses would make as many kinds of attempts as they please."""
    clinic = client.clinic
    for site in (ABSENT, "x" * 5000, clinic.elsewhere_id):
        client.post(f"/api/v1/registrations/{site}/notes", NOTE)
        clinic.clock.advance(timedelta(seconds=1))
    absent, odd, elsewhere = _kept(clinic)
    assert (absent.registration_id, odd.registration_id) == (None, None)
    assert absent.principal == odd.principal == clinic.pharmacist.id
    assert elsewhere.registration_id == clinic.elsewhere_id
    assert len(odd.path) == 300


@on_sqlite
def test_reading_leaves_no_attempt(client: ApiClient) -> None:
    assert client.get(f"{client.books}/nowhere").status_code == 404
    assert client.get(f"{client.books}/notes", token="cst_x").status_code == 401
    assert _kept(client.clinic) == []


@on_sqlite
def test_what_was_done_leaves_no_attempt(client: ApiClient) -> None:
    assert client.post(f"{client.books}/notes", NOTE).status_code == 201
    assert _kept(client.clinic) == []


@on_sqlite
def test_an_odd_method_does_not_make_a_kind_of_its_own(client: ApiClient) -> None:
    for method in ("FOO", "BAR", "DELETE"):
        client.open(method, f"{client.books}/notes")
    actions = [attempt.action for attempt in _kept(client.clinic)]
    assert sorted(actions) == [
        "(other method) (no such address)",
        "(other method) (no such address)",
        "DELETE (no such address)",
    ]


def test_a_failed_sign_in_names_the_person_to_their_officer_alone(
    client: ApiClient, browser: FlaskClient
) -> None:
    clinic = client.clinic
    form = {"sign_in_name": "cleo", "password": SECRET}
    form["csrf_token"] = form_token(browser)
    answer = browser.post("/sign-in", data=form)
    assert answer.status_code >= 400
    attempt = _one(clinic)
    assert (attempt.code, attempt.person_id) == ("not_signed_in", None)
    assert "cleo" not in str(vars(attempt))
    assert SECRET not in str(vars(attempt))
    shown = client.get(f"{client.books}/attempts", by=clinic.officer).json
    assert [one["claimed_person_id"] for one in shown["attempts"]] == [
        clinic.clinician.id
    ]


@on_sqlite
def test_a_forged_form_leaves_an_attempt(app: Flask, clinic: Clinic) -> None:
    browser = browser_of(app, clinic, clinic.administrator)
    page = f"/registrations/{clinic.registration_id}/terminals"
    answer = browser.post(
        page, data={"label": "Mine"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert _one(clinic).code == "malformed_request"


def test_a_refused_form_leaves_an_attempt(app: Flask, clinic: Clinic) -> None:
    browser = browser_of(app, clinic, clinic.administrator)
    page = f"/registrations/{clinic.registration_id}/terminals"
    form = {"csrf_token": form_token(browser), "idempotency_key": "k", "label": " "}
    assert browser.post(page, data=form).status_code == 422
    attempt = _one(clinic)
    assert (attempt.code, attempt.field) == ("invalid_field", "label")
    assert attempt.person_id == clinic.administrator.id
    assert attempt.source.startswith("sgn_")


def test_a_form_of_somebody_who_is_signed_out_leaves_an_attempt(
    browser: FlaskClient, clinic: Clinic
) -> None:
    page = f"/registrations/{clinic.registration_id}/terminals"
    form = {"csrf_token": form_token(browser), "idempotency_key": "k", "label": "Mine"}
    assert browser.post(page, data=form).location.startswith("/sign-in")
    attempt = _one(clinic)
    assert (attempt.code, attempt.person_id) == ("not_signed_in", None)


def test_a_witness_who_is_not_proven_leaves_an_attempt(client: ApiClient) -> None:
    ward = Steps(client.clinic)
    asked = ward.ask(ward.drawn_session(), "0.287 mL")
    path = f"{client.books}/waste-requests/{asked.shown.request_id}/witness"
    body = {"sign_in_name": "wim", "password": SECRET, "digest": asked.digest}
    assert client.post(path, body, by=client.clinic.clinician).status_code == 422
    attempt = _one(client.clinic)
    assert (attempt.code, attempt.path) == ("witness_not_proven", path)
    assert attempt.person_id == client.clinic.clinician.id
    assert SECRET not in str(vars(attempt))


def test_beyond_twenty_of_a_kind_only_their_number_grows(client: ApiClient) -> None:
    for _ in range(KEPT_PER_WINDOW + 7):
        client.post(f"{client.books}/notes", NOTE, by=client.clinic.clinician)
    assert len(_kept(client.clinic)) == KEPT_PER_WINDOW
    assert _suppressed(client.clinic) == 7


@on_sqlite
def test_another_reason_action_or_window_is_another_kind(client: ApiClient) -> None:
    clinic = client.clinic
    for _ in range(KEPT_PER_WINDOW):
        client.post(f"{client.books}/notes", NOTE, by=clinic.clinician)
    client.post(f"{client.books}/faults", by=clinic.clinician)
    client.post(f"{client.books}/notes", NOTE, by=clinic.officer)
    client.post(f"{client.books}/notes", {})
    clinic.clock.advance(timedelta(minutes=10))
    client.post(f"{client.books}/notes", NOTE, by=clinic.clinician)
    assert (len(_kept(clinic)), _suppressed(clinic)) == (KEPT_PER_WINDOW + 4, 0)


@on_sqlite
def test_thousands_of_refusals_make_twenty_one_rows(clinic: Clinic) -> None:
    now, refusals = clinic.clock.now(), 3_000
    with clinic.database.transaction() as db:
        for _ in range(refusals):
            keep(db, _tried(), now=now)
    assert len(_kept(clinic)) == KEPT_PER_WINDOW
    assert _suppressed(clinic) == refusals - KEPT_PER_WINDOW
    with clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SuppressedAttempts)) == 1


def test_many_at_once_are_neither_lost_nor_kept_twice(clinic: Clinic) -> None:
    def hammer(_: int) -> None:
        for _ in range(10):
            with clinic.database.transaction() as db:
                keep(db, _tried(), now=clinic.clock.now())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hammer, range(8)))
    assert len(_kept(clinic)) == KEPT_PER_WINDOW
    assert _suppressed(clinic) == 80 - KEPT_PER_WINDOW


def test_a_window_is_ten_minutes_of_the_clock(clinic: Clinic) -> None:
    at = clinic.clock.now().replace(minute=19, second=59)
    assert window_of(at) == at.replace(minute=10, second=0)
    assert window_of(at + timedelta(seconds=1)) == at.replace(minute=20, second=0)


@pytest.mark.parametrize(
    "statement", ["UPDATE attempts SET code = 'x'", "DELETE FROM attempts"]
)
def test_an_attempt_stays_as_it_is(client: ApiClient, statement: str) -> None:
    client.post(f"{client.books}/notes", NOTE, by=client.clinic.clinician)
    engine = client.clinic.database.engine
    with (
        pytest.raises(DatabaseError, match="append-only"),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)


@contextmanager
def _unwritable(clinic: Clinic, table: str) -> Iterator[None]:
    """Let every row for a table be refused, as a full disk would."""

    def refuse(*arguments: Any) -> None:
        if f"INTO {table}" in arguments[2]:
            raise OSError("no space left on device")

    event.listen(clinic.database.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(clinic.database.engine, "before_cursor_execute", refuse)


@on_sqlite
def test_a_refusal_is_answered_even_if_it_cannot_be_kept(client: ApiClient) -> None:
    with _unwritable(client.clinic, "attempts"), capture_logs() as logs:
        answer = client.post(f"{client.books}/notes", NOTE, by=client.clinic.clinician)
    assert answer.status_code == 403
    (line,) = [line for line in logs if line["event"] == "attempt_not_kept"]
    assert (line["log_level"], line["refusal"]) == ("error", "not_permitted")


@on_sqlite
@pytest.mark.parametrize("code", [ErrorCode.BUSY, ErrorCode.READ_ONLY])
def test_a_database_that_does_not_write_is_not_asked_to(
    client: ApiClient, code: ErrorCode
) -> None:
    def refuse() -> None:
        raise InventoryError(code, "Not now.")

    client.clinic.database.guard_writing(refuse)
    token = client.clinic.clinician.id  # no token: issuing one would be a write
    with capture_logs() as logs:
        answer = client.post(f"{client.books}/notes", NOTE, token=token)
    assert (answer.status_code, answer.json["code"]) == (503, code.value)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == [
        "attempt_not_kept"
    ]
    assert _kept(client.clinic) == []
