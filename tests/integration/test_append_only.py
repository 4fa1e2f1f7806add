"""The database itself refuses to change or remove what was recorded."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from tests.clinic import Clinic

REFUSAL = "append-only"
BOTH = {
    "update an event": "UPDATE events SET tag = 'nothing:happened'",
    "update without a change": "UPDATE events SET tag = tag",
    "delete an event": "DELETE FROM events",
    "delete a head that has events": "DELETE FROM book_heads",
}
REST = (
    "id, tag, subject, actor_id, witness_id, occurred_at, recorded_at, body, "
    "leaf_hash, root, subtrees"
)
ATTEMPTS = {
    "sqlite": BOTH
    | {
        "replace an event": "INSERT OR REPLACE INTO events SELECT * FROM events",
        "replace an event by its id": (
            f"INSERT OR REPLACE INTO events SELECT book_id, 2, {REST} FROM events"
        ),
        "replace an event by its row number": (
            "INSERT OR REPLACE INTO events (rowid, book_id, position, id, tag, "
            "subject, actor_id, occurred_at, recorded_at, body, leaf_hash, root, "
            "subtrees) "
            "SELECT rowid, book_id, 2, 'evt_other', tag, subject, actor_id, "
            "occurred_at, recorded_at, body, leaf_hash, root, subtrees FROM events"
        ),
    },
    "postgresql": BOTH
    | {
        "delete no entry at all": "DELETE FROM entries WHERE false",
        "truncate the events": "TRUNCATE events CASCADE",
        "truncate the entries": "TRUNCATE entries",
        "truncate by cascade": "TRUNCATE registrations CASCADE",
        "change with triggers switched off for replication": (
            "SET session_replication_role = replica; DELETE FROM events"
        ),
    },
}
CASES = [(engine, name) for engine, names in ATTEMPTS.items() for name in names]


def _record_something(clinic: Clinic) -> None:
    with clinic.database.transaction() as db:
        book.append(
            db,
            AuditEvent(
                book_id=clinic.registration_id,
                tag=Tag.LOCATION_ADDED,
                subject=clinic.vault,
                actor=clinic.administrator,
                occurred_at=clinic.clock.now(),
            ),
            clock=clinic.clock,
        )


def _events(clinic: Clinic) -> list[bytes]:
    with clinic.database.reading() as db:
        return [event.body for event in book.read(db, clinic.registration_id)]


@pytest.mark.parametrize(
    ("engine_name", "attempt"), CASES, indirect=["engine_name"], ids=str
)
def test_the_books_cannot_be_altered(
    clinic: Clinic, engine_name: str, attempt: str
) -> None:
    statement = ATTEMPTS[engine_name][attempt]
    _record_something(clinic)
    before = _events(clinic)
    with pytest.raises(DBAPIError), clinic.database.transaction() as db:
        db.connection().exec_driver_sql(statement)
    assert _events(clinic) == before


def test_a_witness_who_is_the_actor_is_refused_by_the_database(clinic: Clinic) -> None:
    _record_something(clinic)
    with (
        pytest.raises(DBAPIError, match="witness_is_another_person"),
        clinic.database.transaction() as db,
    ):
        db.execute(
            text(
                "INSERT INTO events SELECT book_id, position + 1, 'evt_other', tag, "
                "subject, actor_id, actor_id, occurred_at, recorded_at, body, "
                "leaf_hash, root, subtrees FROM events"
            )
        )
