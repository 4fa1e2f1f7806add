"""Nothing takes a file; what is given as a file has a name of ours."""

from io import BytesIO
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inventory.web.downloads import Document, Pdf, TlogProof, attached
from inventory.web.requests import BODY_BYTES_MAX
from tests.http.api_client import ApiClient
from tests.security.addresses import addresses

_NAMES: Final = (
    'a"; filename="b.exe',
    "a\r\nSet-Cookie: x=y",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "CON",
    "a\x00b",
    "Zoë 東京",
    "%2e%2e%2f",
    "",
)


def test_no_address_of_the_api_takes_a_file(app: Flask, client: ApiClient) -> None:
    asked = 0
    for address in addresses(app, client.clinic):
        if "POST" not in address.methods or not address.path.startswith("/api/"):
            continue
        file = {"file": (BytesIO(b"MZ"), "report.exe")}
        answer = client.open("POST", address.path, data=file, headers=client.headers())
        assert (answer.status_code, answer.json["code"]) == (415, "malformed_request")
        asked += 1
    assert asked > 10
    assert client.events() == 0


@pytest.mark.parametrize("kind", ["text/csv", "application/zip", "application/xml"])
def test_no_other_type_is_taken_for_json(client: ApiClient, kind: str) -> None:
    path = f"{client.books}/locations"
    answer = client.post_raw(path, b'{"name": "x"}', content_type=kind)
    assert answer.status_code == 415


def test_a_form_of_a_page_has_no_room_for_a_large_file(browser: FlaskClient) -> None:
    part = b'--a\r\nContent-Disposition: form-data; name="f"; filename="f.pdf"\r\n\r\n'
    body = part + b"x" * BODY_BYTES_MAX + b"\r\n--a--\r\n"
    answer = browser.post(
        "/sign-in", data=body, content_type="multipart/form-data; boundary=a"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", [Pdf, TlogProof])
def test_a_file_is_attached_under_a_harmless_name(
    app: Flask, kind: type[Document]
) -> None:
    for name in _NAMES:
        with app.test_request_context():
            answer = attached(kind(b"body", ("ledger", name)))
        told = answer.headers["Content-Disposition"]
        assert told.startswith("attachment; filename=ledger"), name
        assert told.endswith(f".{kind.suffix}"), name
        assert set(told) <= set(_PLAIN), told
        assert ".." not in told


_PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.=; "


def test_a_name_that_the_caller_sends_is_not_looked_at(client: ApiClient) -> None:
    report = f"{client.books}/reconciliations/x/report.pdf"
    for name in ("filename", "download", "file"):
        answer = client.get(f"{report}?{name}=evil.exe")
        assert answer.status_code == 422
        assert [each["field"] for each in answer.json["fields"]] == [name]
