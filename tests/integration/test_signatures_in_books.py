"""Who can write to the books still cannot sign for another: `verify` says so."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory.db import Database
from inventory.evidence.signatures import Signatures
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.verifier import TAMPERED, FaultError
from inventory.kernel.actors import Identification, Proof
from inventory.kernel.clock import FrozenClock
from tests.clinic import Clinic
from tests.faults.tamper.sites import open_site
from tests.steps import Steps


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic whose author gave a password and a code."""
    known_by = Identification(factors=("password", "totp"), source="sgn_1")
    return Steps(
        replace(clinic, clinician=replace(clinic.clinician, known_by=known_by))
    )


def _take_all(clinic: Clinic) -> None:
    """Hold every signature of the book against its entry."""
    signatures = Signatures()
    with clinic.database.reading() as db:
        for event in book.read(db, clinic.registration_id):
            signatures.take(json.loads(event.body))


def _signed_waste(ward: Steps) -> Proof:
    """Record a waste; gives its witness's signature."""
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL", place="Room 2")
    proof = ward.clinic.proof(ward.clinic.colleague, asked.digest)
    ward.witness(asked, proof=proof)
    return proof


def test_the_author_of_a_waste_is_known_by_what_they_gave_when_they_asked(
    ward: Steps,
) -> None:
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    recorded = ward.witness(asked, actor=ward.clinic.colleague).recorded
    author = ward.told(recorded.position)["actor"]
    assert author["name"] == "Cleo Clinician"
    assert author["factors"] == ["password", "totp"]
    assert author["source"] == "sgn_1"
    assert author["meaning"] == "authorship"


def test_signatures_of_every_kind_are_sound(ward: Steps) -> None:
    _signed_waste(ward)
    ward.rule("second_witness_percent", "100")
    asked = ward.ask(ward.drawn_session("1 mL"), "1 mL")
    ward.witness(asked)
    second = ward.clinic.proof(ward.clinic.pharmacist, asked.digest)
    ward.witness(asked, proof=second)
    _take_all(ward.clinic)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"entry": {"amount_ug": 1}}, "is not what its witness signed"),
        ({}, "does not say what its witness was shown"),
    ],
)
def test_a_signature_that_was_copied_to_another_entry_is_noticed(
    ward: Steps, data: dict[str, object], said: str
) -> None:
    clinic, proof = ward.clinic, _signed_waste(ward)
    forged = AuditEvent(
        book_id=clinic.registration_id,
        tag=Tag.CONTAINER_RETIRED,
        subject="ctr_1",
        actor=clinic.clinician,
        occurred_at=clinic.clock.now(),
        data=data,
        witness=proof,
    )
    with clinic.database.transaction() as db:
        book.append(db, forged, clock=clinic.clock)
    with pytest.raises(FaultError, match=said):
        _take_all(clinic)


def test_a_signature_that_is_used_again_is_noticed(ward: Steps) -> None:
    clinic, proof = ward.clinic, _signed_waste(ward)
    recorded = ward.told(ward.size())
    forged = AuditEvent(
        book_id=clinic.registration_id,
        tag=Tag.WASTE_RECORDED,
        subject=recorded["subject"],
        actor=clinic.clinician,
        occurred_at=clinic.clock.now(),
        data=recorded["data"],
        witness=proof,
    )
    with clinic.database.transaction() as db:
        book.append(db, forged, clock=clinic.clock)
    with pytest.raises(FaultError, match="carries the signature of an earlier entry"):
        _take_all(clinic)


def test_verifying_the_books_tells_of_a_copied_signature(
    database: Database, tmp_path: Path
) -> None:
    site = open_site(database, tmp_path / "elsewhere", sessions=1)
    entries = [json.loads(body) for body in site.bodies]
    waste = next(each for each in entries if each["tag"] == Tag.WASTE_RECORDED)
    clock = FrozenClock(datetime(2026, 11, 3, tzinfo=UTC))
    witness = next(
        each for each in site.people.values() if each.id == waste["witness"]["id"]
    )
    author = next(each for each in site.people.values() if each.id != witness.id)
    forged = AuditEvent(
        book_id=site.book_id,
        tag=Tag.CONTAINER_RETIRED,
        subject="ctr_1",
        actor=author,
        occurred_at=clock.now(),
        data={"entry": {"amount_ug": 1}},
        witness=Proof(
            person=witness,
            digest=waste["witness"]["digest"],
            factors=("password",),
            proven_at=clock.now(),
        ),
    )
    with database.transaction() as db:
        position = book.append(db, forged, clock=clock).position
    found = site.verify(site.database_url)
    assert found.answer == TAMPERED
    assert f"entry {position} is not what its witness signed" in found.alterations[0]
