"""The sweep over crash points: a write fails at every point, and is all or nothing.

An entry is sent again and again under one key, and struck one point later each time:
before its first statement, its second, and so on, then before and after its COMMIT.
After each strike the database must be as it was, row for row, or hold the whole entry.
Because it is as it was, each further attempt is also the retry of the one before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from flask import Flask
from sqlalchemy import delete, inspect

from inventory.db import Database
from inventory.models.credentials import SignInThrottle
from tests import invariants
from tests.clinic import Clinic
from tests.faults.recipes import RECIPES, Asked, Recipe
from tests.faults.strikes import Kind, ProcessDiedError
from tests.faults.tripwire import Tripwire
from tests.http.api_client import Answer, ApiClient
from tests.steps import Steps

CREATED: Final = 201
FAILURES: Final = 500
POINTS_MAX: Final = 200
# Written in transactions of their own: what was refused, and who is guessing.
APART: Final = {"attempts", "suppressed_attempts", "sign_in_throttles"}

State = Mapping[str, list[str]]


class BrokenPromiseError(AssertionError):
    """A write was half done, done twice, lost, or answered as if it were not."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Sweeps one kind of fault over the writes of one clinic."""

    client: ApiClient
    ward: Steps
    wire: Tripwire
    kind: Kind
    books: Database
    tables: Collection[str]

    def over(self, route: str, recipe: Recipe) -> int:
        """Sweep over one address; gives the number of strikes.

        Raises:
            BrokenPromiseError: naming the address and the point.
        """
        asked = recipe(self.ward)
        before = self._state()
        for point in count(1):
            where = f"{route}, point {point}"
            self.wire.arm(point)
            answer = self._send(route, asked)
            self._forgive()
            after = self._state()
            if not self.wire.struck or after != before:
                break
            _require(_is_failure(answer), f"{where}: answered {answer}")
            _require(point < POINTS_MAX, f"{where}: it never passes")
        self._require_one_entry(where, asked, answer, before, after)
        return point if self.wire.struck else point - 1

    def _require_one_entry(
        self,
        where: str,
        asked: Asked,
        answer: Answer | None,
        before: State,
        after: State,
    ) -> None:
        """Demand that it is recorded, once, and that asking again says so."""
        lost = self.wire.struck
        if lost:
            _require(_is_failure(answer), f"{where}: answered {answer}")
        else:
            _require(_is_created(answer), f"{where}: answered {answer}")
        _require(lost == self.kind.ends_connections, f"{where}: COMMIT was not swept")
        self.wire.arm(0)
        again = self._send(where.partition(",")[0], asked)
        _require(_is_created(again), f"{where}: asked again, answered {again}")
        _require(_is_replayed(again), f"{where}: asked again, recorded again")
        _require(self._state() == after, f"{where}: asked again, something changed")
        added = len(after["events"]) - len(before["events"])
        _require(added == asked.events, f"{where}: {added} events")

    def _send(self, route: str, asked: Asked) -> Answer | None:
        """Send an entry under the one key of its address; None: nobody answered."""
        address = route.replace("<registration_id>", self.ward.clinic.registration_id)
        for name, value in asked.path.items():
            address = address.replace(f"<{name}>", value)
        try:
            return self.client.post(address, asked.body, by=asked.by, key=route)
        except ProcessDiedError:
            self.ward.clinic.database.dispose()  # another process takes over
            return None

    def _forgive(self) -> None:
        """Forget a password's check that was cut off: a failure, until it is known."""
        with self.books.transaction() as db:
            db.execute(delete(SignInThrottle))

    def _state(self) -> State:
        """Read every row of every table."""
        with self.books.reading() as db:
            cursor = db.connection().connection.cursor()
            return {table: _rows(cursor, table) for table in self.tables}


def sweep(
    app: Flask, clinic: Clinic, kind: Kind, recipes: Mapping[str, Recipe] = RECIPES
) -> dict[str, int]:
    """Sweep one kind of fault over every address; gives the strikes at each.

    Raises:
        BrokenPromiseError: a write was not all or nothing, or not once.
    """
    client, ward = ApiClient(app, clinic), Steps(clinic)
    for person in (
        clinic.administrator,
        clinic.clinician,
        clinic.job,
        clinic.manager,
        clinic.officer,
        clinic.pharmacist,
    ):
        client.token(person)  # issued before anything is compared
    engine = clinic.database.engine
    books = Database(engine.url.render_as_string(hide_password=False))
    wire = Tripwire(kind)
    tables = set(inspect(books.engine).get_table_names()) - APART
    one = Sweep(client, ward, wire, kind, books, tables)
    try:
        with wire.across(engine):
            strikes = {route: one.over(route, each) for route, each in recipes.items()}
        invariants.check(books, invariants.Memory())
    finally:
        books.dispose()
    return strikes


def _rows(cursor: Any, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {table}")
    return sorted(map(repr, cursor.fetchall()))


def _is_failure(answer: Answer | None) -> bool:
    return answer is None or answer.status_code >= FAILURES


def _is_created(answer: Answer | None) -> bool:
    return answer is not None and answer.status_code == CREATED


def _is_replayed(answer: Any) -> bool:
    return "Idempotency-Replayed" in answer.headers


def _require(held: bool, sentence: str) -> None:  # noqa: FBT001 - reads as an assert
    if not held:
        raise BrokenPromiseError(sentence)
