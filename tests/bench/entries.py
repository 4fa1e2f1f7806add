"""Visits as requests of the API, sent by a program that keeps its connection."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from typing import Any, Final

from tests.bench.measure import require_same
from tests.bench.ward import DOSE, Visit

CREATED: Final = 201
TIMEOUT_SECONDS: Final = 30

_keys = count(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request that writes."""

    path: str
    body: bytes
    headers: dict[str, str]


def entries_of(visits: Iterable[Visit], token: str) -> list[Entry]:
    """Give the two requests of each visit."""
    return [entry for visit in visits for entry in _entries(visit, token)]


def send_at(address: str, entries: Sequence[Entry]) -> None:
    """Send requests one after the other over one connection.

    Raises:
        LostWorkError: one was not answered with 201.
    """
    connection = HTTPConnection(address, timeout=TIMEOUT_SECONDS)
    for entry in entries:
        connection.request("POST", entry.path, entry.body, entry.headers)
        answer = connection.getresponse()
        require_created(answer.status, answer.read())
    connection.close()


def require_created(status: int, body: bytes) -> None:
    """Demand that an entry was recorded.

    Raises:
        LostWorkError: it was not; the message holds the answer.
    """
    require_same(f"answer {body!r}", status, CREATED)


def _entries(visit: Visit, token: str) -> tuple[Entry, Entry]:
    books = f"/api/v1/registrations/{visit.registration_id}"
    session = f"{books}/sessions/{visit.session_id}"
    line = {"container_id": visit.container_id, "amount": DOSE}
    return (
        _entry(f"{session}/draws", {"lines": [line]}, token),
        _entry(f"{session}/administrations", {"amount": DOSE}, token),
    )


def _entry(path: str, fields: dict[str, Any], token: str) -> Entry:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"bench-{next(_keys)}",
    }
    return Entry(path, json.dumps(fields).encode(), headers)
