"""No request that is wrong in form or value leaves a trace, and each says where.

Every address that takes entries is tried: a new feature is covered by being there.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.http.api_client import ApiClient

NOTE = {"text": "hello", "amount": "35.65 mg"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

_NUMERALS = [
    "1_000 mg",
    "１ mg",  # noqa: RUF001 - a full-width digit
    "٣ mg",
    "1e3 mg",
    "NaN mg",
    "Infinity mg",
    "-1 mg",
    "+1 mg",
    "01 mg",
    "00.5 mg",
    ".5 mg",
    "5. mg",
    "1,5 mg",
    "1.2345 mg",
    "0.1234567 mL",
    "0 mg",
    "0.000 mg",
    "1mg",
    "1  mg",
    " 1 mg",
    "1 mg ",
    "1\u00a0mg",
    "1 MG",
    "1 µg",
    "1 device",
    "0x1 mg",
    "1/2 mL",
    "0.000001 mL ",
    "9007199254740992 mg",
    "1" * 30 + " mg",
    "mg",
    "",
    "1 mg; DROP TABLE events",
]


@pytest.mark.parametrize("amount", _NUMERALS)
def test_an_amount_that_is_not_exactly_one_is_refused(
    client: ApiClient, amount: str
) -> None:
    answer = client.post(f"{client.books}/notes", NOTE | {"amount": amount})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["fields"]] == ["amount"]
    assert client.events() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", " x"),
        ("text", "x\u2003"),
        ("text", "x" * 51),
        ("text", "two\u2028lines"),
        ("text", "gs\x1d"),
        ("text", "abc\u202etxt.exe"),
        ("text", None),
        ("text", 5),
        ("text", ["x"]),
        ("text", {"x": "y"}),
        ("amount", 35),
        ("amount", None),
        ("amount", True),
        ("copies", "2"),
        ("copies", True),
        ("copies", 0),
        ("copies", 10),
        ("kind", "PLAIN"),
        ("kind", "other"),
        ("kind", 1),
        ("at", "2026-11-02T08:30:00"),
        ("at", "2026-11-02 08:30:00Z"),
        ("at", "2026-02-30T08:30:00Z"),
        ("at", 1762072200),
        ("day", "2026-02-30"),
        ("day", "20261102"),
        ("day", "2026-11-02T00:00:00Z"),
        ("session_id", "ses_x"),
        ("session_id", "ctr_01JB0000000000000000000000"),
        ("scan", ""),
        ("scan", "x" * 501),
        ("lines", {}),
        ("lines", "x"),
        ("witness", []),
        ("other", "x"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    client: ApiClient, field: str, value: Any
) -> None:
    answer = client.post(f"{client.books}/notes", NOTE | {field: value})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_field")
    assert [fault["field"] for fault in answer.json["fields"]] == [field]
    assert client.events() == 0


def test_a_good_value_of_every_kind_is_taken(client: ApiClient) -> None:
    entry = NOTE | {
        "copies": 9,
        "kind": "urgent",
        "at": "2026-11-02T02:30:00-06:00",
        "day": "2026-11-02",
        "session_id": "ses_01JB0000000000000000000000",
        "scan": "0100342023114108\x1d10AB12",
        "lines": [{"amount": "0.713 mL"}],
    }
    assert client.post(f"{client.books}/notes", entry).status_code == 201
    assert client.events() == 1


Forge = Callable[[bytes], bytes]

# What can be done to any body; the first field of the schema stands for all.
_FORGERIES: dict[str, Forge] = {
    "unknown field": lambda _: b'{"no_such_field": 1}',
    "two readings": lambda name: b'{"%s": "1", "%s": "2"}' % (name, name),
    "float": lambda name: b'{"%s": 1.5}' % name,
    "exponent": lambda name: b'{"%s": 1e3}' % name,
    "NaN": lambda name: b'{"%s": NaN}' % name,
    "huge": lambda name: b'{"%s": 9007199254740993}' % name,
    "NUL": lambda name: b'{"%s": "a\\u0000"}' % name,
    "half a pair": lambda name: b'{"%s": "\\udc00"}' % name,
    "null": lambda name: b'{"%s": null}' % name,
    "boolean": lambda name: b'{"%s": true}' % name,
    "nested list": lambda name: b'{"%s": [[[]]]}' % name,
    "deep": lambda name: b'{"%s": %s1%s}' % (name, b"[" * 40, b"]" * 40),
    "list": lambda name: b'[{"%s": "1"}]' % name,
    "text": lambda name: b'"%s"' % name,
    "not json": lambda name: b"%s=1" % name,
}
_NAMES_NO_FIELD = {"list", "text", "not json"}


@pytest.mark.parametrize("forgery", _FORGERIES)
def test_no_address_takes_a_forged_body(
    app: Flask, client: ApiClient, forgery: str
) -> None:
    tried = 0
    for path, name in _entries(app, client):
        answer = client.post_raw(path, _FORGERIES[forgery](name.encode()))
        assert 400 <= answer.status_code < 500, (path, answer.text)
        if answer.status_code in (400, 422) and forgery not in _NAMES_NO_FIELD:
            named = {fault["field"].split(".")[0] for fault in answer.json["fields"]}
            assert named & {name, "no_such_field"}, (path, answer.text)
        tried += 1
    assert tried >= 1
    assert client.events() == 0


def _entries(app: Flask, client: ApiClient) -> Iterator[tuple[str, str]]:
    """Give every address that takes entries, with the name of one of its fields."""
    answer = app.test_client().get("/api/v1/openapi.json")
    description = json.loads(answer.data)
    for template, methods in description["paths"].items():
        body = methods.get("post", {}).get("requestBody")
        if body:
            reference = body["content"]["application/json"]["schema"]["$ref"]
            schema = description["components"]["schemas"][reference.split("/")[-1]]
            registration_id = client.clinic.registration_id
            path = template.replace("{registration_id}", registration_id)
            yield path, next(iter(schema["properties"]))
