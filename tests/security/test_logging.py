"""What the log tells, in which form, and what never stands in it."""

import json
import re
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import form_token
from tests.security.served import Served

# Line ends, an entry of its own, and a sequence that clears a terminal.
_HOSTILE: Final = b'%0D%0A{"event":"forged"}%1B%5B2J'
_CANARY: Final = b"canary"
# All that may be said of an answer: nothing here is typed by a caller.
_FIELDS: Final = {
    *("event", "level", "timestamp", "request_id"),
    *("method", "route", "status", "refusal", "person", "took_ms"),
}
# What `countersign serve` tells the person who starts it, on standard output.
_WELCOME: Final = (b"Countersign is at ", b"The books are empty: ")


@pytest.fixture(scope="module", params=["info", "debug"])
def log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """The log of a service that was asked with everything that must not stand in it."""
    folder = tmp_path_factory.mktemp("logged")
    with Served(folder, log_level=request.param) as service:
        _ask_amiss(service)
    return service.log  # also what is said of stopping


def _ask_amiss(served: Served) -> None:
    form = b"sign_in_name=pat&password=canary+password&csrf_token=canary"
    for start, body in (
        (b"GET /canary" + _HOSTILE + b"?q=canary" + _HOSTILE, b""),
        (b"GET /api/v1/tokens?token=canary", b""),
        (b"POST /api/v1/tokens/canary/revoke", b'{"password":"canary"}'),
        (b"POST /sign-in?next=/canary", form),
        (b"GET /set-up/canary", b""),
        (b"POST /set-up/canary", form),
    ):
        served.say(_request(start, body))
    # What is no HTTP is told by the server itself.
    served.say(b"GET /\x1b[2Jcanary\r\n\r\n")
    served.say(b"GET / HTTP/1.1\r\nX-\x1b[2J-canary: 1\r\n\r\n")
    served.say(b"GET /set-up/canary HTTP/9.7\r\n\r\n")
    served.say(b"GET /set-up/" + b"canary" * 2000 + b" HTTP/1.1\r\n\r\n")


def _request(start: bytes, body: bytes) -> bytes:
    kind = b"json" if body.startswith(b"{") else b"x-www-form-urlencoded"
    head = (
        start + b" HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        b"Cookie: countersign_sign_in=canary; countersign_form=canary",
        b"Authorization: Bearer cst_canary",
        b"Idempotency-Key: canary",
        b"User-Agent: canary",
        b"Content-Type: application/" + kind,
        b"Content-Length: %d" % len(body),
    )
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def _entries(log: bytes) -> list[dict[str, Any]]:
    """Read every line: none is anything but JSON."""
    lines = log.splitlines()
    return [json.loads(line) for line in lines if not line.startswith(_WELCOME)]


def test_each_answer_is_one_line_of_json_that_nobody_can_forge(log: bytes) -> None:
    answered = [entry for entry in _entries(log) if entry["event"] == "answered"]
    assert len(answered) >= 4
    assert b"forged" not in log
    assert re.findall(rb"[^\n\x20-\x7e]", log) == []


def test_a_line_tells_when_where_what_and_how_it_ended(log: bytes) -> None:
    for entry in _entries(log):
        at = datetime.fromisoformat(entry["timestamp"])
        assert at.utcoffset() == timedelta(0)
        assert entry["level"] in ("debug", "info", "warning", "error")
        if entry["event"] == "answered":
            assert re.fullmatch("req_[0-9a-f]{24}", entry["request_id"])
            assert entry["method"].isupper()
            assert 200 <= entry["status"] < 600
            assert entry.keys() == _FIELDS


def test_no_secret_and_nothing_of_an_address_stands_in_the_log(log: bytes) -> None:
    assert b"answered" in log
    assert _CANARY not in log


def test_the_server_tells_in_the_same_form_what_it_does_and_refuses(
    log: bytes,
) -> None:
    told = [entry for entry in _entries(log) if entry["event"] == "server"]
    said = " ".join(entry["said"] for entry in told)
    for words in (
        "Listening at: http://127.0.0.1",
        "Invalid request from ip=127.0.0.1",
    ):
        assert words in said


def test_signing_in_is_told_with_its_factors_and_refusing_it_too(
    browser: FlaskClient, clinic: Clinic
) -> None:
    form = {"csrf_token": form_token(browser), "sign_in_name": "pat"}
    with capture_logs() as logged:
        browser.post("/sign-in", data=form | {"password": "a wrong password of Pat"})
        browser.post("/sign-in", data=form | {"password": PASSWORD})
    [refused] = [line for line in logged if line["event"] == "not_identified"]
    assert refused["person"] == clinic.pharmacist.id
    assert refused["log_level"] == "warning"
    assert "alone" in refused["counters"]
    [done] = [line for line in logged if line["event"] == "identified"]
    assert done["person"] == clinic.pharmacist.id
    assert tuple(done["factors"]) == ("password",)
    assert PASSWORD not in str(logged)


def test_a_permission_that_was_refused_is_told(client: ApiClient) -> None:
    clinic = client.clinic
    place = {"name": "Crash cart", "kind": "kit", "lock_class": "safe"}
    with capture_logs() as logged:
        client.post(f"{client.books}/locations", place, by=clinic.pharmacist)
        client.get(f"/api/v1/registrations/{clinic.elsewhere_id}/locations")
        client.open("GET", f"{client.books}/locations")
    answered = [line for line in logged if line["event"] == "answered"]
    assert [(line["status"], line["refusal"]) for line in answered] == [
        (403, "not_permitted"),
        (404, "not_found"),
        (401, "not_signed_in"),
    ]
