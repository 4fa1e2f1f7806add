"""A program that posts visits over HTTP, and never forgets an acknowledgement.

Whatever happens to the service, it does what the API says a program should do: where
the outcome of an entry is unknown, it looks its key up or sends it again under the
same key, until it is told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from threading import Condition, Event
from typing import Any, Final, Self

OK: Final = 200
CREATED: Final = 201
FAILURES: Final = 500
TIMEOUT_SECONDS: Final = 20
# The first retries come soon, the others give a server time to recover.
RETRIES_AFTER_SECONDS: Final = (0.02, 0.1, 0.2, *(0.5,) * 120)
DOSE: Final = "0.1 mg"


class GaveUpError(Exception):
    """An entry had no outcome for too long."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the service said about an entry, with the status 201."""

    book_id: str
    position: int
    event_id: str
    root: str


@dataclass
class Tally:
    """What all programs were told together.

    Attributes:
        acks: every acknowledgement.
        unknown: how often a program was left without an answer.
        refused: what was answered to entries that should have been accepted.
    """

    acks: list[Acknowledged] = field(default_factory=list)
    unknown: int = 0
    refused: list[str] = field(default_factory=list)
    _changed: Condition = field(default_factory=Condition)

    def add(self, ack: Acknowledged) -> None:
        """Keep an acknowledgement, for ever."""
        with self._changed:
            self.acks.append(ack)
            self._changed.notify_all()

    def leave_unknown(self) -> None:
        """Count an answer that did not come."""
        with self._changed:
            self.unknown += 1

    def wait_for(self, acks: int, *, seconds: float) -> bool:
        """Wait for a number of acknowledgements; False if they do not come."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.acks) >= acks, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a program works.

    Attributes:
        address: host and port of the service.
        registration_id: whose books.
        clinician_id: who is in charge of its sessions.
        container_id: the vial it draws from.
        token: its own.
    """

    address: str
    registration_id: str
    clinician_id: str
    container_id: str
    token: str

    def at(self, address: str) -> Self:
        """Give the same desk where the service answers at an address."""
        return replace(self, address=address)


class Program:
    """One client; it posts one entry after the other."""

    def __init__(
        self, name: str, desk: Desk, tally: Tally, chance: Random, *, one_key: bool
    ) -> None:
        """Sit down.

        Args:
            name: starts its keys and its patients' references.
            desk: where it works.
            tally: where it writes down what it is told.
            chance: decides between looking a key up and sending it again.
            one_key: whether an entry keeps its key when it is sent again; a program
                that takes a new one is the control that must record twice.
        """
        self._name = name
        self._desk = desk
        self._tally = tally
        self._chance = chance
        self._one_key = one_key
        self._keys = count(1)
        self._patience = Event()
        self._connection = HTTPConnection(desk.address, timeout=TIMEOUT_SECONDS)

    def work(self, until: Event) -> None:
        """Post visits until told to stop; the last one is finished.

        Raises:
            GaveUpError: an entry had no outcome for too long.
        """
        for number in count(1):
            if until.is_set():
                break
            self._visit(f"{self._name}-{number:06}")
        self._connection.close()

    def _visit(self, patient_ref: str) -> None:
        opened = self._record("/sessions", self._session(patient_ref))
        if opened is None:
            return
        session = f"/sessions/{opened['session_id']}"
        line = {"container_id": self._desk.container_id, "amount": DOSE}
        steps: Mapping[str, Any] = {
            "draws": {"lines": [line]},
            "administrations": {"amount": DOSE},
            "closing": {},
        }
        for step, fields in steps.items():
            if self._record(f"{session}/{step}", fields) is None:
                return

    def _session(self, patient_ref: str) -> dict[str, Any]:
        return {
            "patient_ref": patient_ref,
            "indication": "pain",
            "clinician_id": self._desk.clinician_id,
            "weight_kg": "71.3",
            "route": "iv",
            "protocol": "Fault trial",
        }

    def _record(self, path: str, fields: Mapping[str, Any]) -> Any:
        """Have an entry recorded; gives its answer, None where it is refused."""
        key, last = self._new_key(), ""
        for pause_s in RETRIES_AFTER_SECONDS:
            status, body = self._post(path, fields, key)
            if status is None or status >= FAILURES:
                last = f"{status} {body.decode()}"
                self._tally.leave_unknown()
                self._patience.wait(pause_s)
                status, body = self._look_up(key)
                key = key if self._one_key else self._new_key()
            if status == CREATED:
                return self._acknowledged(json.loads(body))
            if status is not None and status < FAILURES:
                self._tally.refused.append(f"{path}: {body.decode()}")
                return None
        raise GaveUpError(f"{path}: no outcome, the last answer was {last}")

    def _look_up(self, key: str) -> tuple[int | None, bytes]:
        """Ask what became of a key, every other time; else it is sent again."""
        if not self._one_key or self._chance.random() < 1 / 2:
            return None, b""
        path = f"/api/v1/idempotency-keys/{key}"
        status, body = self._ask("GET", path, None, {})
        if status != OK:
            return None, b""
        kept = json.loads(body)
        return kept["status"], kept["answer"].encode()

    def _acknowledged(self, answer: Any) -> Any:
        book_id = self._desk.registration_id
        place = answer["position"], answer["event_id"], answer["root"]
        self._tally.add(Acknowledged(book_id, *place))
        return answer

    def _post(
        self, path: str, fields: Mapping[str, Any], key: str
    ) -> tuple[int | None, bytes]:
        books = f"/api/v1/registrations/{self._desk.registration_id}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask("POST", f"{books}{path}", json.dumps(fields), headers)

    def _ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[int | None, bytes]:
        """Ask once; the status None means that nobody answered."""
        token = {"Authorization": f"Bearer {self._desk.token}"}
        try:
            self._connection.request(method, path, body, {**token, **headers})
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return None, b""

    def _new_key(self) -> str:
        return f"{self._name}-{next(self._keys)}"
