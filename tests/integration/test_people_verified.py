"""Who decided on whose access follows from the journal; no table is believed."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from inventory.db import Database
from inventory.evidence.journal_export import export_journal
from inventory.evidence.journal_import import import_journal
from inventory.evidence.verify import verify_books
from inventory.journal.verifier import Evidence, Policy
from inventory.kernel.actors import Role
from inventory.kernel.clock import FrozenClock
from tests import invariants
from tests.founded import found
from tests.postgres import PostgresServer
from tests.steps import Steps

_TEMPLATE, _EMPTY = "countersign_template", "empty_register"
TOLD = ("memberships", "role_grants", "access_requests")
# Each was never decided by anybody; most pass every constraint.
CHANGES = {
    "a request that was refused": (
        "UPDATE access_requests SET state = 'approved' WHERE state = 'refused'",
        "state is approved, and was refused",
    ),
    "another approver": (
        "UPDATE access_requests SET decided_by = 'per_x' WHERE state = 'approved'",
        "decided_by is per_x",
    ),
    "something else that was asked for": (
        "UPDATE access_requests SET entry = '{}'",
        "entry is {}",
    ),
    "somebody else who ended a role": (
        "UPDATE role_grants SET ended_by = 'per_x' WHERE ended_at IS NOT NULL",
        "ended_by is per_x",
    ),
    "a person let back in": (
        "UPDATE people SET disabled_at = NULL WHERE sign_in_name = 'dora'",
        "disabled_at is None",
    ),
    "a request from nowhere": (
        """INSERT INTO access_requests SELECT 'acr_x', registration_id, kind,
        person_id, entry, digest, requested_by, requested_at, state, decided_by,
        decided_at FROM access_requests WHERE state = 'refused'""",
        "access_requests acr_x is told of by no journal",
    ),
}


@pytest.fixture
def steps(database: Database, clock: FrozenClock) -> Steps:
    """A founded clinic in which everything about access has happened once."""
    steps = Steps(found(database, clock))
    clinic = steps.clinic
    nora, dora = steps.add_person(), steps.add_person("dora", "DD")
    steps.screen(nora)
    steps.train(nora)
    steps.give_role(nora, Role.WITNESS)
    steps.refuse(steps.ask_for_role(nora, Role.MANAGER))
    steps.withdraw(steps.ask_for_role(nora, Role.CLINICIAN))
    steps.end_role(nora, Role.WITNESS)
    steps.give_role(dora, Role.INSPECTOR, ends_on=date(2026, 11, 3))
    clinic.clock.advance(timedelta(days=2))
    steps.give_role(dora, Role.INSPECTOR, ends_on=date(2026, 11, 30))
    steps.approve(steps.ask_for_reset(clinic.pharmacist.id))
    steps.disable(nora)
    steps.enable(nora)
    steps.ask_for_role(nora, Role.ADMINISTRATOR)
    steps.disable(dora)
    return steps


@pytest.fixture
def empty(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """Another installation, on the same engine, with nothing in it."""
    if engine_name == "sqlite":
        path = tmp_path / "empty.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield Database(f"sqlite:///{path}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    database = Database(server.create_database(_EMPTY, template=_TEMPLATE))
    yield database
    database.dispose()
    server.drop_database(_EMPTY)


def _alterations(database: Database) -> tuple[str, ...]:
    with database.reading() as db:
        return verify_books(db, Evidence(Policy(quorum=0))).alterations


def test_what_nobody_changed_is_ok(steps: Steps) -> None:
    assert _alterations(steps.clinic.database) == ()
    invariants.check(steps.clinic.database, invariants.Memory())


@pytest.mark.parametrize("change", CHANGES)
def test_what_nobody_decided_is_noticed(steps: Steps, change: str) -> None:
    statement, said = CHANGES[change]
    database = steps.clinic.database
    with database.transaction() as db:
        assert db.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
    assert any(said in each for each in _alterations(database))


def test_an_import_has_the_same_roles_and_requests(
    steps: Steps, empty: Database, tmp_path: Path
) -> None:
    clinic, path = steps.clinic, tmp_path / "whole.journal"
    with clinic.database.reading() as db:
        lines = export_journal(db, clinic.registration_id, until=steps.size())
        path.write_bytes(b"".join(lines))
    with empty.transaction() as db:
        import_journal(db, path)
    assert _alterations(empty) == ()
    for table in TOLD:
        assert _rows(empty, table) == _rows(clinic.database, table)


def _rows(database: Database, table: str) -> list[str]:
    with database.reading() as db:
        rows = db.execute(text(f"SELECT * FROM {table}")).mappings()
        return sorted(str(dict(row)) for row in rows)
