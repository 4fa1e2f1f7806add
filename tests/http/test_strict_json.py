"""A request body means exactly one thing, or is refused with the field named."""

from io import BytesIO

import pytest

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.strict_json import DEPTH_MAX, decode_object
from tests.http.api_client import ApiClient

_REFUSED = [
    (b"", None),
    (b"[]", None),
    (b'"text"', None),
    (b"null", None),
    (b"{", None),
    (b'{"a": 1} {"b": 2}', None),
    (b'\xef\xbb\xbf{"a": "bom"}', None),
    ('{"a": "utf-16"}'.encode("utf-16"), None),
    (b'{"a": "\xff"}', None),
    (b'{"a": 1, "a": 2}', "a"),
    (b'{"lines": [{"amount": "1 mg", "amount": "2 mg"}]}', "lines.0.amount"),
    (b'{"a": NaN}', "a"),
    (b'{"a": -Infinity}', "a"),
    (b'{"a": 0.1}', "a"),
    (b'{"a": 1.0}', "a"),
    (b'{"a": 1e3}', "a"),
    (b'{"a": [1, 2.5]}', "a.1"),
    (b'{"a": 9007199254740992}', "a"),
    (b'{"a": -9007199254740992}', "a"),
    (b'{"a": 1' + b"0" * 5000 + b"}", "a"),
    (b'{"a": "x\\u0000"}', "a"),
    (b'{"a": "x\\u001f"}', "a"),
    (b'{"a": "x\\u0085"}', "a"),
    (b'{"a": "\\ud800"}', "a"),
    (b'{"a\\u0000": 1}', None),
    (b'{"a": "raw\x01"}', None),
    (b'{"a": 01}', None),
    (b'{"a": +1}', None),
    ('{"a": １}'.encode(), None),  # noqa: RUF001 - a full-width digit
    (b'{"a": 1_000}', None),
    (b'{"a": ' + b"[" * DEPTH_MAX + b"]" * DEPTH_MAX + b"}", "a"),
    (b"[" * 100_000, None),
]


def _nested(depth: int) -> object:
    return {"a": _nested(depth - 1)} if depth else 1


@pytest.mark.parametrize(("body", "field"), _REFUSED)
def test_a_body_with_two_readings_is_refused(body: bytes, field: str | None) -> None:
    with pytest.raises(InventoryError) as refusal:
        decode_object(body)
    assert refusal.value.code is ErrorCode.MALFORMED_REQUEST
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (b"{}", {}),
        (b' {"a": 9007199254740991} ', {"a": 9007199254740991}),
        (b'{"a": -9007199254740991}', {"a": -9007199254740991}),
        (b'{"a": [true, null, "x"]}', {"a": [True, None, "x"]}),
        (b'{"scan": "01\\u001d17"}', {"scan": "01\x1d17"}),
        (b'{"a": "\\ud83d\\udc34"}', {"a": "\N{HORSE FACE}"}),
        ('{"a": "Zoë"}'.encode(), {"a": "Zoë"}),
        (b'{"a": {"a": {"a": 1}}}', {"a": {"a": {"a": 1}}}),
        (b'{"a": ' * DEPTH_MAX + b"1" + b"}" * DEPTH_MAX, _nested(DEPTH_MAX)),
    ],
)
def test_a_body_with_one_reading_is_taken(body: bytes, meaning: object) -> None:
    assert decode_object(body) == meaning


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json5",
        "application/merge-patch+json",
        "application/json; charset=latin-1",
        "application/x-www-form-urlencoded",
    ],
)
def test_only_json_in_utf_8_is_read(client: ApiClient, content_type: str) -> None:
    answer = client.post_raw(
        f"{client.books}/notes", b'{"text": "x"}', content_type=content_type
    )
    assert answer.status_code == 415
    assert answer.json["code"] == "malformed_request"
    assert client.events() == 0


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("told", [True, False], ids=["length told", "chunked"])
def test_a_body_over_one_mebibyte_is_refused(client: ApiClient, *, told: bool) -> None:
    body = b'{"text": "x"}' + b" " * 1024 * 1024
    answer = client.open(
        "POST",
        f"{client.books}/notes",
        input_stream=BytesIO(body),
        content_type="application/json",
        content_length=len(body) if told else None,
        headers=client.headers(),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert answer.json["code"] == "request_too_large"
    assert client.events() == 0
