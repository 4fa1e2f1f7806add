"""What costs much is bounded, so that nobody can stop the others from recording."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final, Literal

import pytest
from argon2 import PasswordHasher

from inventory.credentials.passwords import Passwords
from inventory.web.passwords import AT_ONCE_MAX, capped
from inventory.web.requests import BODY_BYTES_MAX
from inventory.web.turns import Turns
from reports import routes
from tests.http.api_client import ApiClient

_BUSY: Final = "Others are at it. Ask again."
_THREE_YEARS: Final = "first_day=2023-11-02&last_day=2026-11-02"


class _Room:
    """Counts who is inside, and lets each wait a little for one too many."""

    def __init__(self, at_once_max: int) -> None:
        self.most = 0
        self._at_once_max = at_once_max
        self._inside = 0
        self._lock = threading.Lock()
        self._too_many = threading.Event()

    @contextmanager
    def entered(self) -> Iterator[None]:
        self._step(1)
        self._too_many.wait(timeout=0.05)
        try:
            yield
        finally:
            self._step(-1)

    def _step(self, change: int) -> None:
        with self._lock:
            self._inside += change
            self.most = max(self.most, self._inside)
            if self._inside > self._at_once_max:
                self._too_many.set()


class _Watched(PasswordHasher):
    """Checks passwords in a room."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.room = _Room(AT_ONCE_MAX)

    def verify(
        self,
        hash: str | bytes,  # noqa: A002 - argon2's name
        password: str | bytes,
    ) -> Literal[True]:
        with self.room.entered():
            return super().verify(hash, password)


def test_few_passwords_are_checked_at_once_and_the_rest_wait() -> None:
    hasher = _Watched()
    passwords = capped(Passwords(hasher, hasher.hash("nobody has this password")))
    kept = hasher.hash("three or four unrelated words")
    with ThreadPoolExecutor(8) as callers:
        right = callers.map(
            lambda password: passwords.matches(kept, password),
            ["three or four unrelated words", "something else"] * 8,
        )
        assert list(right) == [True, False] * 8
    assert hasher.room.most == AT_ONCE_MAX


@pytest.mark.parametrize("excess", [1, BODY_BYTES_MAX])
def test_a_body_that_is_too_large_is_not_read_to_its_end(
    client: ApiClient, excess: int
) -> None:
    body = b'{"name": "%s"}' % (b"x" * (BODY_BYTES_MAX + excess))
    answer = client.post_raw(f"{client.books}/locations", body)
    assert (answer.status_code, answer.json["code"]) == (413, "request_too_large")


def test_few_reports_are_printed_at_once_and_the_rest_wait() -> None:
    turns = Turns(routes.PRINTED_AT_ONCE, wait_s=30, busy=_BUSY)
    room = _Room(routes.PRINTED_AT_ONCE)

    def print_one(number: int) -> int:
        with turns.one(), room.entered():
            return number

    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(print_one, range(8))) == list(range(8))
    assert room.most == routes.PRINTED_AT_ONCE


def test_whoever_waits_too_long_for_a_report_is_told_when_to_ask_again(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = Turns(1, wait_s=0, busy=_BUSY)
    monkeypatch.setattr(routes, "_TURNS", turns)
    with turns.one():
        answer = client.get(f"{client.books}/products/prd_x/ledger.pdf?{_THREE_YEARS}")
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
    # The turn was given back: now the product is looked for.
    answer = client.get(f"{client.books}/products/prd_x/ledger.pdf?{_THREE_YEARS}")
    assert answer.status_code == 404


def test_a_turn_is_given_back_by_a_report_that_fails() -> None:
    turns = Turns(1, wait_s=0, busy=_BUSY)
    for _ in range(2):
        with suppress(ZeroDivisionError), turns.one():
            raise ZeroDivisionError


def test_a_ledger_is_of_three_years_at_most(client: ApiClient) -> None:
    longer = _THREE_YEARS.replace("2023-11-02", "2023-10-31")
    answer = client.get(f"{client.books}/products/prd_x/ledger.pdf?{longer}")
    assert answer.status_code == 422
    [fault] = answer.json["fields"]
    assert fault["field"] == "last_day"
    assert "1098 days at most. Ask for a longer period in parts." in fault["detail"]


@pytest.mark.parametrize("query", ["limit=201", "limit=0", "limit=999999999"])
def test_a_page_of_a_list_has_a_most(client: ApiClient, query: str) -> None:
    assert client.get(f"{client.books}/receipts?{query}").status_code == 422
