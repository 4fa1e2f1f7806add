"""A change of the schema is an event in every book, also when it was changed back."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import make_url, text

from inventory.db import Database
from inventory.guard.pieces import Change
from inventory.guard.watch import Look, watch
from inventory.journal import book
from inventory.kernel.clock import FrozenClock
from tests.clinic import Clinic, open_clinic
from tests.guard.conftest import Installation, plain_engine
from tests.steps import Steps

Meddle = Callable[..., None]
# What an administrator of the database may do in a minute: it, and its undoing.
DISABLED = (
    "ALTER TABLE events DISABLE TRIGGER events_refuse_change",
    "ALTER TABLE events ENABLE ALWAYS TRIGGER events_refuse_change",
)
UNDONE = {
    "a trigger off and on": ("trigger events.events_refuse_change", DISABLED),
    "a trigger dropped and made again": (
        "trigger events.events_refuse_change",
        (
            "DROP TRIGGER events_refuse_change ON events",
            (
                "CREATE TRIGGER events_refuse_change "
                "BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
                "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change()"
            ),
            DISABLED[1],
        ),
    ),
    "a function replaced twice": (
        "function public.entries_refuse_change()",
        (
            (
                "CREATE OR REPLACE FUNCTION entries_refuse_change() RETURNS trigger "
                "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
            ),
            (
                "CREATE OR REPLACE FUNCTION entries_refuse_change() RETURNS trigger "
                "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
                "'countersign: the books are append-only'; END $$"
            ),
        ),
    ),
    "a right granted and revoked": (
        "table events",
        (
            "GRANT DELETE ON events TO countersign_app",
            "REVOKE DELETE ON events FROM countersign_app",
        ),
    ),
    "a right on a column granted and revoked": (
        "table events",
        (
            "GRANT UPDATE (body) ON events TO countersign_app",
            "REVOKE UPDATE (body) ON events FROM countersign_app",
        ),
    ),
    "foreign keys off and on": (
        "table entries",
        (
            "ALTER TABLE entries DISABLE TRIGGER ALL",
            "ALTER TABLE entries ENABLE TRIGGER ALL",
            "ALTER TABLE entries ENABLE ALWAYS TRIGGER entries_refuse_change",
        ),
    ),
    "a table emptied": (
        "table checkpoints",
        (
            "ALTER TABLE checkpoints DISABLE TRIGGER ALL",
            "ALTER TABLE cosignatures DISABLE TRIGGER ALL",
            "TRUNCATE checkpoints CASCADE",
            "ALTER TABLE checkpoints ENABLE TRIGGER ALL",
            "ALTER TABLE cosignatures ENABLE TRIGGER ALL",
            "ALTER TABLE checkpoints ENABLE ALWAYS TRIGGER checkpoints_refuse_change",
            "ALTER TABLE cosignatures ENABLE ALWAYS TRIGGER cosignatures_refuse_change",
        ),
    ),
}


class Watched:
    """A clinic's books, watched by the service, and somebody with all rights."""

    def __init__(self, clinic: Clinic, meddle: Meddle) -> None:
        self.clinic = clinic
        self.meddle = meddle

    def look(self) -> Look:
        """Look once, a minute later, and keep quiet about it."""
        self.clinic.clock.advance(timedelta(minutes=1))
        with structlog.testing.capture_logs() as self.logs:
            return watch(self.clinic.database, self.clinic.clock)

    def told(self, book_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What the journal of a book says of the schema."""
        with self.clinic.database.reading() as db:
            return [
                (event.tag, json.loads(event.body)["data"])
                for event in book.read(db, book_id, subject="schema")
            ]


@contextmanager
def _on_postgresql(installation: Installation, url: str) -> Iterator[Meddle]:
    name = make_url(url).database
    assert name is not None
    with plain_engine(installation.server.url(name)) as engine:

        def meddle(*statements: str) -> None:
            with engine.connect() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)

        yield meddle


@pytest.fixture
def postgresql(
    installation: Installation, app_url: str, clock: FrozenClock
) -> Iterator[Watched]:
    database = Database(app_url)
    with _on_postgresql(installation, app_url) as meddle:
        yield Watched(open_clinic(database, clock), meddle)
    database.dispose()


@pytest.fixture
def sqlite(
    sqlite_template: Path, tmp_path: Path, clock: FrozenClock
) -> Iterator[Watched]:
    shutil.copy(sqlite_template, tmp_path / "books.db")
    database = Database(f"sqlite:///{tmp_path / 'books.db'}")

    def meddle(*statements: str) -> None:
        with database.transaction() as db:
            for statement in statements:
                db.execute(text(statement))

    yield Watched(open_clinic(database, clock), meddle)
    database.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def watched(request: pytest.FixtureRequest) -> Watched:
    engine: Watched = request.getfixturevalue(request.param)
    return engine


def test_the_first_look_notes_the_release_in_every_book(watched: Watched) -> None:
    look = watched.look()
    assert not look.is_alarming
    assert len(look.noted) == 2
    for book_id in (watched.clinic.registration_id, watched.clinic.elsewhere_id):
        [(tag, data)] = watched.told(book_id)
        assert tag == "schema:noted"
        assert (data["changes"], data["from_release"]) == ({}, {})


def test_ordinary_work_and_upkeep_are_no_change(postgresql: Watched) -> None:
    postgresql.look()
    Steps(postgresql.clinic).stock(vials=3)
    postgresql.meddle(
        "VACUUM FREEZE", "ANALYZE", "VACUUM pg_class", "REINDEX TABLE events"
    )
    look = postgresql.look()
    assert (look.is_alarming, look.noted) == (False, ())


def test_ordinary_work_on_sqlite_is_no_change(sqlite: Watched) -> None:
    sqlite.look()
    Steps(sqlite.clinic).stock(vials=3)
    look = sqlite.look()
    assert (look.is_alarming, look.noted) == (False, ())


def test_a_dropped_trigger_is_told_in_every_book_and_in_the_log(
    watched: Watched,
) -> None:
    watched.look()
    on_sqlite = watched.clinic.database.engine.dialect.name == "sqlite"
    name = "events_refuse_delete" if on_sqlite else "events_refuse_change"
    watched.meddle(f"DROP TRIGGER {name}" + ("" if on_sqlite else " ON events"))
    look = watched.look()
    gone = {f"trigger events.{name}": Change.MISSING}
    assert look.from_release == gone
    assert look.since.items() >= gone.items()
    assert [log["event"] for log in watched.logs] == ["schema_changed"]
    for book_id in (watched.clinic.registration_id, watched.clinic.elsewhere_id):
        _, (tag, data) = watched.told(book_id)
        assert tag == "schema:changed"
        assert data["from_release"] == gone
    again = watched.look()
    assert (again.since, again.from_release, again.noted) == ({}, gone, ())
    assert [log["event"] for log in watched.logs] == ["schema_changed"]


@pytest.mark.parametrize("change", UNDONE)
def test_what_was_undone_leaves_its_trace(postgresql: Watched, change: str) -> None:
    piece, statements = UNDONE[change]
    postgresql.look()
    postgresql.meddle(*statements)
    look = postgresql.look()
    assert look.from_release == {}
    assert look.since[piece] is Change.TOUCHED
    assert len(look.noted) == 2


def test_what_was_undone_on_sqlite_leaves_its_trace(sqlite: Watched) -> None:
    sqlite.look()
    with sqlite.clinic.database.reading() as db:
        made = db.scalar(
            text("SELECT sql FROM sqlite_schema WHERE name = 'events_refuse_delete'")
        )
    sqlite.meddle("DROP TRIGGER events_refuse_delete", made)
    look = sqlite.look()
    assert look.from_release == {}
    assert look.since == {"schema counter": Change.TOUCHED}


@pytest.mark.parametrize(
    ("statement", "piece", "how"),
    [
        ("CREATE TABLE note (it text)", "table note", Change.UNKNOWN),
        ("CREATE TABLE heirs () INHERITS (events)", "table events", Change.ALTERED),
        (
            "CREATE FUNCTION it() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "function public.it()",
            Change.UNKNOWN,
        ),
        (
            "CREATE RULE lost AS ON INSERT TO events DO INSTEAD NOTHING",
            "rule events.lost",
            Change.UNKNOWN,
        ),
        (
            "CREATE POLICY seen ON events USING (false)",
            "policy events.seen",
            Change.UNKNOWN,
        ),
        (
            "ALTER TABLE events OWNER TO countersign_migrator",
            "table events",
            Change.ALTERED,
        ),
        ("DROP INDEX ix_events_subject", "table events", Change.ALTERED),
        (
            "GRANT DELETE ON events TO PUBLIC",
            "rights on table events",
            Change.ALTERED,
        ),
        (
            "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC",
            "rights on database",
            Change.ALTERED,
        ),
        (
            (
                "ALTER DEFAULT PRIVILEGES FOR ROLE countersign_owner "
                "GRANT ALL ON TABLES TO PUBLIC"
            ),
            "default rights",
            Change.UNKNOWN,
        ),
    ],
)
def test_whatever_an_administrator_changes_is_named(
    postgresql: Watched, statement: str, piece: str, how: Change
) -> None:
    postgresql.look()
    database = postgresql.clinic.database.engine.url.database
    postgresql.meddle(statement.format(database=database))
    look = postgresql.look()
    assert look.from_release[piece] is how
    assert look.since[piece] is how


def test_books_that_take_no_event_do_not_silence_the_alarm(postgresql: Watched) -> None:
    postgresql.look()
    postgresql.meddle("ALTER TABLE events ENABLE ROW LEVEL SECURITY")
    look = postgresql.look()
    assert look.from_release == {"table events": Change.ALTERED}
    assert len(look.not_noted) == 2
    assert {log["event"] for log in postgresql.logs} == {
        "schema_changed",
        "schema_change_not_noted",
    }
