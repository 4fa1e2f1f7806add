"""Whatever people try, in whatever order: the invariants hold after each step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.catalog.commands import load_catalogue
from inventory.db import Database
from inventory.kernel.clock import FrozenClock
from tests.application import application
from tests.clinic import open_clinic
from tests.http.api_client import ApiClient
from tests.postgres import PostgresServer
from tests.property.machine import BooksMachine

TEMPLATE = "countersign_template"
_numbers = count(1)


class Beds:
    """Makes a fresh clinic for every example."""

    def __init__(self, engine_name: str, request: pytest.FixtureRequest) -> None:
        self.engine_name = engine_name
        self.request = request
        self.folder: Path = request.getfixturevalue("tmp_path")

    @contextmanager
    def machine(self) -> Iterator[BooksMachine]:
        name = f"machine_{next(_numbers)}"
        database = Database(self._new(name))
        clock = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
        clinic = open_clinic(database, clock)
        with database.transaction() as db:
            load_catalogue(db)
        app = application(self.folder, database=database, clock=clock)
        try:
            yield BooksMachine(ApiClient(app, clinic), clinic)
        finally:
            database.dispose()
            self._drop(name)

    def _new(self, name: str) -> str:
        if self.engine_name == "sqlite":
            path = self.folder / f"{name}.db"
            shutil.copy(self.request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: PostgresServer = self.request.getfixturevalue("postgres")
        return server.create_database(name, template=TEMPLATE)

    def _drop(self, name: str) -> None:
        if self.engine_name == "postgresql":
            server: PostgresServer = self.request.getfixturevalue("postgres")
            server.drop_database(name)


def test_the_invariants_hold_whatever_people_try(
    engine_name: str, request: pytest.FixtureRequest
) -> None:
    beds = Beds(engine_name, request)

    class Machine(BooksMachine):
        """One example: a clinic of its own, thrown away at the end."""

        def __init__(self) -> None:
            self._bed = beds.machine()
            machine = self._bed.__enter__()
            super().__init__(machine.client, machine.clinic)

        def teardown(self) -> None:
            self._bed.__exit__(None, None, None)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
