"""A token that came over an open line is refused: it is no secret any more."""

import pytest

from tests.http.api_client import Answer, ApiClient

_ELSEWHERE = "192.0.2.7"


@pytest.mark.parametrize(
    ("base_url", "caller"),
    [
        ("http://books.example", "127.0.0.1"),
        ("http://books.example", _ELSEWHERE),
        ("http://localhost", _ELSEWHERE),
        ("http://192.0.2.1:8000", "127.0.0.1"),
    ],
)
def test_a_token_over_plain_http_is_refused_with_the_way_out(
    client: ApiClient, base_url: str, caller: str
) -> None:
    answer = _ask(client, base_url, caller)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_request")
    assert "Revoke it, and use https" in answer.json["detail"]
    assert "COUNTERSIGN_PROXIES" in answer.json["detail"]


@pytest.mark.parametrize(
    ("base_url", "caller"),
    [
        ("https://books.example", _ELSEWHERE),
        ("http://localhost", "127.0.0.1"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "::1"),
    ],
)
def test_a_token_over_https_or_within_this_machine_is_taken(
    client: ApiClient, base_url: str, caller: str
) -> None:
    assert _ask(client, base_url, caller).status_code == 200


def _ask(client: ApiClient, base_url: str, caller: str) -> Answer:
    return client.open(
        "GET",
        f"{client.books}/locations",
        base_url=base_url,
        headers=client.headers(),
        environ_overrides={"REMOTE_ADDR": caller},
    )
