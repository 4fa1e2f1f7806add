"""Checkpoints are made when due, only ever forward, and never over two histories."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.db import Database
from inventory.evidence import checkpoints, keys
from inventory.evidence.checkpoints import AGE_MAX, SignedCheckpoint
from inventory.evidence.keys import LogKeys
from inventory.jobs.checkpoint import run_checkpoints
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.notes import Algorithm, Checkpoint, Signer, cosign, open_note
from inventory.kernel.errors import ErrorCode
from inventory.models import evidence as rows
from tests.application import settings_in
from tests.clinic import Clinic
from tests.refusals import refused


@pytest.fixture
def log_keys(tmp_path: Path) -> LogKeys:
    """The keys of an installation."""
    return keys.load(settings_in(tmp_path))


def record(clinic: Clinic, times: int = 1) -> None:
    """Put events into the clinic's book."""
    with clinic.database.transaction() as db:
        for _ in range(times):
            event = AuditEvent(
                book_id=clinic.registration_id,
                tag=Tag.LOCATION_ADDED,
                subject=clinic.vault,
                actor=clinic.administrator,
                occurred_at=clinic.clock.now(),
            )
            book.append(db, event, clock=clinic.clock)


def _due(clinic: Clinic, log_keys: LogKeys) -> SignedCheckpoint | None:
    with clinic.database.transaction() as db:
        return checkpoints.make_due(
            db, clinic.registration_id, keys=log_keys, clock=clinic.clock
        )


def _cover(clinic: Clinic, log_keys: LogKeys, position: int) -> SignedCheckpoint:
    with clinic.database.transaction() as db:
        return checkpoints.cover(
            db, clinic.registration_id, position, keys=log_keys, clock=clinic.clock
        )


def test_an_empty_book_has_none(clinic: Clinic, log_keys: LogKeys) -> None:
    assert _due(clinic, log_keys) is None


def test_a_checkpoint_states_the_head_and_is_signed(
    clinic: Clinic, log_keys: LogKeys
) -> None:
    record(clinic, 3)
    made = _due(clinic, log_keys)
    assert made is not None
    opened = open_note(made.note, log_keys.verifiers(clinic.registration_id))
    with clinic.database.reading() as db:
        head = book.read_head(db, clinic.registration_id)
        assert checkpoints.latest(db, clinic.registration_id) == made
    stated = Checkpoint(f"countersign/{clinic.registration_id}", 3, head.root)
    assert Checkpoint.read(opened.text) == made.checkpoint == stated


def test_ten_events_or_a_minute_make_one_due(clinic: Clinic, log_keys: LogKeys) -> None:
    record(clinic)
    assert _due(clinic, log_keys) is not None
    record(clinic, 9)
    assert _due(clinic, log_keys) is None
    record(clinic)
    made = _due(clinic, log_keys)
    assert made is not None
    assert made.size == 11
    clinic.clock.advance(AGE_MAX)
    assert _due(clinic, log_keys) is None
    record(clinic)
    assert _due(clinic, log_keys) is not None
    record(clinic)
    clinic.clock.advance(AGE_MAX - timedelta(microseconds=1))
    assert _due(clinic, log_keys) is None
    clinic.clock.advance(timedelta(microseconds=1))
    assert _due(clinic, log_keys) is not None


def test_the_first_that_covers_an_entry_stays_the_first(
    clinic: Clinic, log_keys: LogKeys
) -> None:
    record(clinic, 2)
    first = _cover(clinic, log_keys, 2)
    record(clinic, 3)
    second = _cover(clinic, log_keys, 4)
    assert (first.size, second.size) == (2, 5)
    record(clinic)
    for position, covering in ((1, first), (2, first), (3, second), (5, second)):
        assert _cover(clinic, log_keys, position) == covering


def test_two_who_sign_at_once_agree(clinic: Clinic, log_keys: LogKeys) -> None:
    record(clinic, 5)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: _cover(clinic, log_keys, 5), range(4)))
    assert len({each.note for each in made}) == 1


def test_after_a_rotation_the_book_goes_on(clinic: Clinic, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record(clinic)
    _cover(clinic, keys.load(settings), 1)
    rotated = keys.rotate(settings)
    record(clinic)
    made = _cover(clinic, rotated, 2)
    opened = open_note(made.note, rotated.verifiers(clinic.registration_id)[:1])
    assert Checkpoint.read(opened.text).size == 2


TAMPERINGS = {
    "the head was put back": "UPDATE book_heads SET size = 11, root = :root",
    "the head has another root": "UPDATE book_heads SET root = :zeros",
    "a row that proofs need is gone": "DELETE FROM events WHERE position = 8",
    "the subtrees of a row were changed": (
        "UPDATE events SET subtrees = :three WHERE position = 8"
    ),
    "the subtrees of a row are gone": (
        "UPDATE events SET subtrees = :empty WHERE position = 8"
    ),
    "the checkpoint was replaced": (
        "UPDATE checkpoints SET note = replace(note, '12', '11')"
    ),
    "the checkpoint is no note": "UPDATE checkpoints SET note = 'all is well'",
    "the checkpoint is of another root": (
        "UPDATE checkpoints SET note = replace(note, '=', 'A')"
    ),
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_book_that_does_not_go_on_is_not_signed(
    clinic: Clinic, log_keys: LogKeys, statement: str
) -> None:
    record(clinic, 12)
    _cover(clinic, log_keys, 12)
    record(clinic, 12)
    _tamper(clinic.database, statement)
    with refused(ErrorCode.EVIDENCE_BROKEN), clinic.database.transaction() as db:
        _make(db, clinic, log_keys)


def _make(db: Session, clinic: Clinic, log_keys: LogKeys) -> None:
    checkpoints.make(db, clinic.registration_id, keys=log_keys, clock=clinic.clock)


def _tamper(database: Database, statement: str) -> None:
    """Do what an administrator of the database could: no trigger is in the way."""
    values = {
        "root": b"r" * 32,
        "zeros": bytes(32),
        "three": bytes(96),
        "empty": b"",
    }
    asked = {name: value for name, value in values.items() if f":{name}" in statement}
    with database.transaction() as db:
        if database.engine.dialect.name == "postgresql":
            for table in ("events", "checkpoints"):
                db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in db.scalars(triggers).all():
                db.execute(text(f"DROP TRIGGER {name}"))
        db.execute(text(statement), asked)


def test_the_job_makes_what_is_due_in_every_book(
    clinic: Clinic, log_keys: LogKeys
) -> None:
    record(clinic)
    runs = run_checkpoints(clinic.database, clinic.clock, keys=log_keys)
    made = {run.registration_id: run.made.size for run in runs if run.made}
    assert made == {clinic.registration_id: 1}
    assert len(runs) == 2
    again = run_checkpoints(clinic.database, clinic.clock, keys=log_keys)
    assert [(run.made, run.refusal) for run in again] == [(None, "")] * 2


def test_the_job_tells_what_it_could_not_sign(
    clinic: Clinic, log_keys: LogKeys
) -> None:
    record(clinic)
    run_checkpoints(clinic.database, clinic.clock, keys=log_keys)
    record(clinic, 10)
    _tamper(clinic.database, "UPDATE book_heads SET root = :zeros")
    runs = run_checkpoints(clinic.database, clinic.clock, keys=log_keys)
    refusals = {run.registration_id: run.refusal for run in runs if run.refusal}
    assert list(refusals) == [clinic.registration_id]
    assert "countersign verify" in refusals[clinic.registration_id]


def test_a_note_is_given_with_what_witnesses_signed(
    clinic: Clinic, log_keys: LogKeys
) -> None:
    record(clinic)
    made = _cover(clinic, log_keys, 1)
    key = log_keys.current
    witness = Signer("witness.example/w1", key, Algorithm.COSIGNATURE)
    line = cosign(made.checkpoint, witness, at=clinic.clock.now())
    with clinic.database.transaction() as db:
        for name, its_line in (("dir", ""), ("w1", line)):
            row = rows.Cosignature(
                book_id=made.book_id,
                size=made.size,
                witness_name=name,
                line=its_line,
                received_at=clinic.clock.now(),
            )
            db.add(row)
    with clinic.database.reading() as db:
        note = checkpoints.cosigned_note(db, made)
    verifiers = [*log_keys.verifiers(clinic.registration_id), witness.verifier]
    assert len(open_note(note, verifiers).signatures) == 2
