"""Refusals say what is wrong and how to go on; failures say nothing of their inside."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from structlog.testing import capture_logs

from tests.http.api_client import ApiClient

NOTE = {"text": "hello", "amount": "35.65 mg"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_refusal_is_a_problem_with_code_field_and_request_id(
    client: ApiClient,
) -> None:
    answer = client.post(f"{client.books}/notes", NOTE | {"amount": "0.0001 mg"})
    problem = json.loads(answer.data)
    assert answer.content_type == "application/problem+json"
    assert problem == {
        "type": "/docs/errors#invalid_amount",
        "title": "Invalid amount",
        "status": 422,
        "code": "invalid_amount",
        "detail": problem["detail"],
        "fields": [{"field": "amount", "detail": problem["detail"]}],
        "data": {"decimals_allowed": 3},
        "request_id": answer.headers["X-Request-Id"],
    }
    assert "too many decimals" in problem["detail"]


def test_every_field_at_fault_is_named_with_a_sentence(client: ApiClient) -> None:
    answer = client.post(
        f"{client.books}/notes",
        {"text": " x", "copies": "2", "lines": [{}, {"amount": "1 mg", "b": 1}, 3]},
    )
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_field"
    faults = {fault["field"]: fault["detail"] for fault in answer.json["fields"]}
    assert faults == {
        "text": "Remove the blanks before and after this text.",
        "amount": "This is required. Add it and send the entry again.",
        "copies": "Send a whole number without quotes, such as 12.",
        "lines.0.amount": "This is required. Add it and send the entry again.",
        "lines.1.b": "There is no such field here. Remove it or correct its name.",
        "lines.2": "Send an object in braces.",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/openapi.json", 405, "malformed_request"),
        ("POST", "/health/live", 405, "malformed_request"),
    ],
)
def test_what_http_refuses_is_a_problem_too(
    client: ApiClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.open(method, path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert (status == 405) is ("Allow" in answer.headers)


def test_a_failure_shows_nothing_and_records_nothing(client: ApiClient) -> None:
    with capture_logs() as logged:
        answer = client.post(f"{client.books}/faults")
    assert answer.status_code == 500
    assert answer.json["code"] == "internal"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "Jane" not in answer.text
    assert client.events() == 0
    assert [line["event"] for line in logged] == ["failed", "answered"]
    assert isinstance(logged[0]["exc_info"], RuntimeError)


def test_a_lost_race_for_a_unique_name_is_a_conflict(client: ApiClient) -> None:
    answer = client.post(f"{client.books}/twins")
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert "sign_in_name" not in answer.text


def test_locked_books_ask_for_another_try(client: ApiClient) -> None:
    client.token()
    engine = client.clinic.database.engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def never_wait(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    with client.clinic.database.transaction() as db:
        db.execute(text("SELECT 1"))  # a transaction begins with its first statement
        answer = client.post(f"{client.books}/notes", NOTE)
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
    assert client.events() == 0


def test_people_get_a_page_and_programs_a_problem(browser: FlaskClient) -> None:
    answer = browser.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "Check its spelling." in answer.text


def test_a_page_escapes_what_it_quotes(browser: FlaskClient) -> None:
    answer = browser.post("/sign-in", data={"sign_in_name": "<script>alert(1)"})
    assert "<script>" not in answer.text


def test_every_answer_carries_the_security_headers(browser: FlaskClient) -> None:
    for path in ("/sign-in", "/api/v1/nothing", "/health/live", "/static/app.css"):
        with browser.get(path) as answer:
            headers = answer.headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert ("no-store" in headers["Cache-Control"]) is (path != "/static/app.css")


def test_the_log_tells_the_route_and_never_the_path(client: ApiClient) -> None:
    with capture_logs() as logged:
        client.get(f"{client.books}/notes/jane-doe?limit=ssn")
    (line,) = logged
    assert line["route"].endswith("/notes/<note_id>")
    assert "jane" not in str(logged)
    assert "ssn" not in str(logged)
