"""Verifying the live books on both engines: clean ones, and what was changed in SQL."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from inventory.db import Database
from inventory.evidence.journal_export import export_journal, positions_between
from inventory.evidence.journal_import import import_journal
from inventory.journal import book
from inventory.journal.verifier import OK, TAMPERED, UNVERIFIED, Evidence, Policy
from inventory.kernel.errors import ErrorCode, InventoryError
from tests.faults.tamper.sites import Site, open_site
from tests.postgres import PostgresServer

_TEMPLATE, _EMPTY = "countersign_template", "empty_installation"
_SECRET = ("password_hash", "password_set_at", "password_length")
# The first amount that left a container for good.
_GIVEN = (
    "balance_ug IS NULL AND amount_ug > 0 AND "
    "position = (SELECT min(position) FROM entries WHERE balance_ug IS NULL "
    "AND amount_ug > 0)"
)
# What an owner of the database could do, and what must be said of it.
CHANGES = {
    "a byte of an event": (
        "UPDATE events SET subject = 'x' WHERE position = 30",
        "entry 30 has another subject in its row than in its bytes",
    ),
    "a leg": (
        f"UPDATE entries SET amount_ug = -1 WHERE {_GIVEN}",
        "is booked otherwise",
    ),
    "a leg more": (
        f"""INSERT INTO entries SELECT book_id, position, 99, kind, holder_id,
        container_id, 1, NULL, NULL, NULL, occurred_at, recorded_at
        FROM entries WHERE {_GIVEN}""",
        "is booked otherwise",
    ),
    "the head": (
        "UPDATE book_heads SET recorded_at = '2026-01-01 00:00:00+00:00'",
        "was not recorded when the head of the book says",
    ),
    "a balance": (
        "UPDATE balances SET version = version + 1",
        "version is",
    ),
    "a container": (
        "UPDATE containers SET state = 'sealed'",
        "state is sealed, and was",
    ),
    "a counted figure": (
        "UPDATE count_lines SET counted_ug = counted_ug + 1 WHERE line = 1",
        "counted_ug is",
    ),
    "an expected figure": (
        """UPDATE count_lines SET expected_containers = counted_containers,
        expected_ug = counted_ug WHERE expected_ug <> counted_ug""",
        "expected_containers is",
    ),
    "a closed case": (
        "UPDATE discrepancies SET state = 'closed'",
        "state is closed, and was open",
    ),
    "a case that is gone": (
        "DELETE FROM discrepancies",
        "is gone, and the journal tells of it",
    ),
    "a role from nowhere": (
        """INSERT INTO role_grants
        (id, person_id, registration_id, role, granted_at, duty, granted_by)
        SELECT 'grt_auditor', person_id, registration_id, 'auditor', granted_at, duty,
        granted_by FROM role_grants WHERE role = 'witness'""",
        "is told of by no journal",
    ),
    "a role ended in silence": (
        """UPDATE role_grants SET ended_at = granted_at, duty = NULL
        WHERE role = 'witness'""",
        "ended_at is",
    ),
    "a longer visit": (
        """UPDATE role_grants SET ends_at = '2030-01-01 00:00:00.000000+00:00'
        WHERE role = 'inspector'""",
        "ends_at is 2030",
    ),
    "a role approved by nobody": (
        "UPDATE role_grants SET approved_by = 'per_x' WHERE role = 'witness'",
        "approved_by is per_x, and was None",
    ),
    "a training": (
        "UPDATE memberships SET trained_until = '2036-01-01 00:00:00.000000+00:00'",
        "trained_until is 2036",
    ),
    "a screening": (
        "UPDATE memberships SET screened_on = '2020-01-01'",
        "screened_on is 2020-01-01",
    ),
    "an acceptance of the policy": (
        "UPDATE memberships SET policy_version = 'x' WHERE duty = 'records'",
        "policy_version is x, and was 1",
    ),
    "somebody disabled": (
        "UPDATE people SET disabled_at = created_at WHERE sign_in_name = 'olga'",
        "disabled_at is",
    ),
    "a name": (
        "UPDATE people SET name = 'Somebody Else' WHERE sign_in_name = 'pat'",
        "name is Somebody Else, and was Pat Okafor",
    ),
    "a checkpoint": (
        "UPDATE checkpoints SET note = replace(note, 'countersign', 'otherdesign')",
        "stands under another book or size",
    ),
}


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Site:
    """A clinic after a day's work."""
    return open_site(database, tmp_path / "elsewhere", sessions=3)


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


def test_what_nobody_changed_is_ok(site: Site) -> None:
    found = site.verify(site.database_url)
    assert found.alterations == ()
    assert (found.answer, found.entries) == (OK, len(site.bodies))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_database_is_noticed_and_named(
    site: Site, database: Database, change: str
) -> None:
    statement, said = CHANGES[change]
    assert _as_owner(database, [statement]) > 0, "something was changed"
    found = site.verify(site.database_url)
    assert found.answer == TAMPERED
    assert any(said in sentence for sentence in found.alterations), found.alterations


def test_a_book_that_was_dropped_whole_is_missed(
    site: Site, database: Database
) -> None:
    names = ("checkpoints", "entries", "event_texts", "events", "book_heads")
    _as_owner(database, [f"DELETE FROM {name}" for name in names])
    found = site.verify(site.database_url)
    assert found.answer == TAMPERED
    assert "the book is gone" in found.alterations[0]


def test_books_without_any_checkpoint_are_not_verified(
    site: Site, database: Database
) -> None:
    _as_owner(database, ["DELETE FROM checkpoints"])
    for path in site.elsewhere.rglob("*.checkpoint"):
        path.unlink()
    found = site.verify(site.database_url)
    assert (found.answer, found.alterations) == (UNVERIFIED, ())


def test_an_export_of_any_period_is_ok_for_an_outsider(
    site: Site, database: Database, tmp_path: Path
) -> None:
    last = len(site.bodies)
    with database.reading() as db:
        for after in (0, 1, 21, 32, last - 1):
            path = tmp_path / f"{after}.journal"
            path.write_bytes(
                b"".join(export_journal(db, site.book_id, after=after, until=last))
            )
            evidence = Evidence(Policy.read(site.policy()))
            evidence.load(path)
            assert evidence.judge() == OK, evidence.found


def test_a_period_is_found_by_its_times(site: Site, database: Database) -> None:
    with database.reading() as db:
        events = list(book.read(db, site.book_id))
        start, end = events[26].recorded_at, events[40].recorded_at
        after, until = positions_between(db, site.book_id, start, end)
    expected = [each.position for each in events if start <= each.recorded_at < end]
    assert list(range(after + 1, until + 1)) == expected


@pytest.mark.parametrize(("after", "until"), [(0, 0), (5, 5), (-1, 3), (0, 10_000)])
def test_entries_that_are_not_there_cannot_be_exported(
    site: Site, database: Database, after: int, until: int
) -> None:
    with (
        database.reading() as db,
        pytest.raises(InventoryError) as refused,
    ):
        list(export_journal(db, site.book_id, after=after, until=until))
    assert refused.value.code is ErrorCode.INVALID_FIELD


def test_an_imported_journal_has_the_same_root_and_the_same_tables(
    site: Site, database: Database, empty: Database, tmp_path: Path
) -> None:
    path = _exported(site, database, tmp_path)
    with empty.transaction() as db:
        imported = import_journal(db, path)
    with database.reading() as db:
        assert imported.root == book.read_head(db, site.book_id).root
    url = empty.engine.url.render_as_string(hide_password=False)
    found = site.verify(url)
    assert found.alterations == ()
    assert (found.answer, found.entries) == (OK, len(site.bodies))
    for name, ignored in (("balances", ()), ("containers", ()), ("people", _SECRET)):
        assert _rows(empty, name, ignored) == _rows(database, name, ignored)


def test_a_book_is_not_imported_twice(
    site: Site, database: Database, tmp_path: Path
) -> None:
    path = _exported(site, database, tmp_path)
    with database.transaction() as db, pytest.raises(InventoryError) as refused:
        import_journal(db, path)
    assert refused.value.code is ErrorCode.ALREADY_EXISTS


@pytest.mark.parametrize("fault", ["a part", "cut", "altered", "torn"])
def test_an_unsound_journal_is_not_imported(
    site: Site, database: Database, empty: Database, tmp_path: Path, fault: str
) -> None:
    last = len(site.bodies)
    whole = _exported(site, database, tmp_path).read_bytes()
    lines = whole.splitlines(keepends=True)
    with database.reading() as db:
        part = b"".join(export_journal(db, site.book_id, after=9, until=last))
    unsound = {
        "a part": part,
        "cut": b"".join(lines[:-1]),
        "altered": whole.replace(b'"amount_ug":-500000', b'"amount_ug":-500001', 1),
        "torn": whole[:-40],
    }
    path = tmp_path / "unsound.journal"
    path.write_bytes(unsound[fault])
    with pytest.raises(InventoryError) as refused, empty.transaction() as db:
        import_journal(db, path)
    assert refused.value.code is ErrorCode.INVALID_FIELD
    assert _rows(empty, "registrations", ()) == []


def _exported(site: Site, database: Database, folder: Path) -> Path:
    path = folder / "whole.journal"
    with database.reading() as db:
        lines = export_journal(db, site.book_id, until=len(site.bodies))
        path.write_bytes(b"".join(lines))
    return path


def _rows(
    database: Database, name: str, ignored: Sequence[str]
) -> list[dict[str, object]]:
    with database.reading() as db:
        rows = db.execute(text(f"SELECT * FROM {name}")).mappings()
        kept = [
            {column: value for column, value in row.items() if column not in ignored}
            for row in rows
        ]
        return sorted(kept, key=str)


def _as_owner(database: Database, statements: Sequence[str]) -> int:
    """Do what only the owner of the database can, and count the rows it concerned."""
    rows = 0
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
        _drop_triggers(connection, sqlite=sqlite)
        for statement in statements:
            rows += connection.execute(text(statement)).rowcount
        connection.commit()
    database.dispose()
    return rows


def _drop_triggers(connection: Connection, *, sqlite: bool) -> None:
    if not sqlite:
        connection.execute(text("SET session_replication_role = replica"))
        query = (
            "SELECT DISTINCT event_object_table, trigger_name "
            "FROM information_schema.triggers"
        )
        for name, trigger in connection.execute(text(query)).all():
            connection.execute(text(f"DROP TRIGGER {trigger} ON {name}"))
        return
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for name in connection.scalars(text(query)).all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
