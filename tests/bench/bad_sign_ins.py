"""Fifty programs that guess passwords at the sign-in page, in their own process.

Whoever is told to wait waits a second, as the header Retry-After says.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Event
from typing import Final
from urllib.parse import urlencode

GUESSERS: Final = 50
TIMEOUT_SECONDS: Final = 60
# Refused (401 or 403), told to wait (429), or told that too many sign in at once (503).
REFUSALS: Final = frozenset({401, 403, 429, 503})
TOLD_TO_WAIT: Final = frozenset({429, 503})
RETRY_AFTER_SECONDS: Final = 1

_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
_COOKIE: Final = re.compile(r"[^;]+")


@contextmanager
def guessing_at(address: str) -> Iterator[None]:
    """Let passwords be guessed at a served application while the block runs.

    Raises:
        RuntimeError: the guessers did not get to work, or one of them failed; then
            nothing was measured under load.
    """
    context = get_context("forkserver")
    started, stopped = context.Barrier(2), context.Event()
    process = context.Process(target=_guess, args=(address, started, stopped))
    process.start()
    try:
        started.wait(TIMEOUT_SECONDS)
        yield
    finally:
        stopped.set()
        process.join(TIMEOUT_SECONDS)
    if process.exitcode != 0:
        raise RuntimeError("guessing passwords failed")


def _guess(address: str, started: Barrier, stopped: Event) -> None:
    with ThreadPoolExecutor(GUESSERS) as threads:
        guessers = [
            threads.submit(_guess_until, address, number, stopped)
            for number in range(GUESSERS)
        ]
        started.wait(TIMEOUT_SECONDS)
        guesses = [each.result() for each in guessers]
    assert all(guesses), "each has guessed"


def _guess_until(address: str, number: int, stopped: Event) -> int:
    guesses = 0
    while not stopped.is_set():
        status = _sign_in(address, f"guest{number}", f"not the password {guesses}")
        assert status in REFUSALS, f"a guess was answered {status}"
        guesses += 1
        if status in TOLD_TO_WAIT:
            stopped.wait(RETRY_AFTER_SECONDS)
    return guesses


def _sign_in(address: str, name: str, password: str) -> int:
    connection = HTTPConnection(address, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/sign-in")
        page = connection.getresponse()
        cookie = _COOKIE.match(page.headers["Set-Cookie"])
        token = _TOKEN.search(page.read().decode())
        assert cookie is not None
        assert token is not None
        form = {"csrf_token": token[1], "sign_in_name": name, "password": password}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie[0],
        }
        connection.request("POST", "/sign-in", urlencode(form), headers)
        return connection.getresponse().status
    except HTTPException as error:
        raise RuntimeError("the service broke off an answer") from error
    finally:
        connection.close()
