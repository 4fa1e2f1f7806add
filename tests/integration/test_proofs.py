"""Proofs read from single rows are those that the whole book gives."""

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from inventory.journal import book, proofs, tree
from inventory.journal.events import AuditEvent, Tag
from tests.clinic import Clinic

EVENTS = 37


@pytest.fixture
def leaves(clinic: Clinic) -> list[bytes]:
    """A book of some events, and the hashes of their bytes."""
    with clinic.database.transaction() as db:
        while _size(db, clinic) < EVENTS:
            _record(db, clinic)
        events = book.read(db, clinic.registration_id)
        return [tree.leaf_hash(event.body) for event in events]


def _size(db: Session, clinic: Clinic) -> int:
    return book.read_head(db, clinic.registration_id).size


def _record(db: Session, clinic: Clinic) -> None:
    event = AuditEvent(
        book_id=clinic.registration_id,
        tag=Tag.LOCATION_ADDED,
        subject=clinic.vault,
        actor=clinic.administrator,
        occurred_at=clinic.clock.now(),
    )
    book.append(db, event, clock=clinic.clock)


def test_inclusion_proofs_are_those_of_the_definition(
    clinic: Clinic, leaves: list[bytes]
) -> None:
    with clinic.database.reading() as db:
        for size in (1, 2, 3, 8, 21, 32, EVENTS):
            for position in range(1, size + 1):
                proof = proofs.inclusion(db, clinic.registration_id, position, size)
                assert proof == tree.inclusion_proof(position - 1, leaves[:size])


def test_consistency_proofs_are_those_of_the_definition(
    clinic: Clinic, leaves: list[bytes]
) -> None:
    with clinic.database.reading() as db:
        for size in (1, 2, 3, 8, 21, 32, EVENTS):
            assert proofs.consistency(db, clinic.registration_id, 0, size) == []
            for old_size in range(1, size + 1):
                proof = proofs.consistency(db, clinic.registration_id, old_size, size)
                assert proof == tree.consistency_proof(old_size, leaves[:size])


def test_a_proof_takes_one_statement(clinic: Clinic, leaves: list[bytes]) -> None:
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sqlalchemy_event.listen(clinic.database.engine, "before_cursor_execute", note)
    with clinic.database.reading() as db:
        proofs.inclusion(db, clinic.registration_id, 5, len(leaves))
    assert len([statement for statement in sent if "SELECT" in statement]) == 1


def test_a_proof_is_written_as_text_that_stands_alone(
    clinic: Clinic, leaves: list[bytes]
) -> None:
    with clinic.database.reading() as db:
        here = clinic.registration_id
        proof = proofs.tlog_proof(db, here, 3, 4, checkpoint="countersign/x\n4\n")
    text = str(proof)
    first, index, sibling, pair, empty, *checkpoint = text.split("\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", "index 2")
    assert len(sibling) == len(pair) == 44
    assert empty == ""
    assert checkpoint == ["countersign/x", "4", ""]
    assert len(leaves) >= 4
