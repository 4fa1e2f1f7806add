"""A free text can be removed, and nothing else; that it was removed stays."""

import hashlib
import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory.evidence.redaction import RedactText, TextRedacted, redact_text
from inventory.journal import book, texts, tree
from inventory.journal.book import Appended
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode
from inventory.models.journal import EventText
from inventory.sessions.queries import view_session
from inventory.waste.queries import view_request
from tests.clinic import Clinic
from tests.invariants import Memory, check
from tests.refusals import refused
from tests.steps import Steps

SECRET = "Erika Mustermann's 50 % share"  # a name that should not have been typed


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic at work."""
    return Steps(clinic)


def _redact(
    ward: Steps,
    recorded: Appended,
    *,
    name: str = "place",
    actor: Actor | None = None,
    registration_id: str = "",
) -> TextRedacted:
    clinic = ward.clinic
    command = RedactText(
        registration_id=registration_id or clinic.registration_id,
        event_id=recorded.event_id,
        name=name,
        reason="Names a patient",
    )
    with clinic.database.transaction() as db:
        return redact_text(
            db, command, actor=actor or clinic.officer, clock=clinic.clock
        )


def _rows(db: Session, recorded: Appended) -> list[tuple[str, bytes | None]]:
    query = select(EventText.name, EventText.salt).where(
        EventText.position == recorded.position
    )
    return [(name, salt) for name, salt in db.execute(query)]


def test_the_bytes_hold_a_salted_hash_of_what_was_typed(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL", place=SECRET)
    body = ward.told(asked.recorded.position)
    assert SECRET not in json.dumps(body, ensure_ascii=False)
    with ward.clinic.database.reading() as db:
        [(name, salt)] = _rows(db, asked.recorded)
    assert salt is not None
    assert len(salt) == 32
    expected = hashlib.sha256(salt + SECRET.encode()).hexdigest()
    assert body["texts"] == {name: expected}
    assert body["data"]["entry"]["place"] == expected


def test_the_same_text_is_hashed_differently_each_time(ward: Steps) -> None:
    one, other = (
        ward.told(ward.open_session().recorded.position)["texts"]["protocol"]
        for _ in range(2)
    )
    assert one != other


def test_a_removed_text_is_gone_and_its_removal_is_told(ward: Steps) -> None:
    asked = ward.ask(ward.drawn_session(), "1 mL", place=SECRET)
    before = ward.told(asked.recorded.position)
    redacted = _redact(ward, asked.recorded)
    assert ward.told(asked.recorded.position) == before
    body = ward.told(redacted.recorded.position)
    assert (body["tag"], body["actor"]["name"]) == ("text:redacted", "Olga Officer")
    assert body["subject"] == before["subject"]
    assert body["data"] == {
        "event": asked.recorded.event_id,
        "position": asked.recorded.position,
        "tag": "waste:requested",
        "name": "place",
    }
    with ward.clinic.database.reading() as db:
        assert _rows(db, asked.recorded) == [("place", None)]
        here, position = ward.clinic.registration_id, redacted.recorded.position
        assert texts.read(db, here, position) == {"reason": "Names a patient"}
        head = book.read_head(db, here)
        leaves = [tree.leaf_hash(event.body) for event in book.read(db, here)]
    assert tree.root(leaves) == head.root
    check(ward.clinic.database, Memory())


def test_a_waste_whose_place_was_removed_can_still_be_signed(ward: Steps) -> None:
    session_id = ward.drawn_session()
    asked = ward.ask(session_id, "1 mL", place=SECRET)
    _redact(ward, asked.recorded)
    signed = ward.witness(asked)
    assert signed.shown.place == "(redacted)"
    with ward.clinic.database.reading() as db:
        here, now = ward.clinic.registration_id, ward.clinic.clock.now()
        shown = view_request(db, here, asked.shown.request_id, now=now)
        told = view_session(db, here, session_id)
    assert shown.shown.place == "(redacted)"
    assert "text:redacted" in [step.tag for step in told.steps]
    ward.close(session_id)


def test_a_reason_and_a_protocol_can_be_removed(ward: Steps) -> None:
    opened = ward.open_session()
    vial = ward.stock()[0]
    ward.open_container(vial)
    ward.draw(opened.session_id, (vial, "1 mL"))
    asked = ward.ask(opened.session_id, "1 mL")
    cancelled = ward.cancel(asked, reason=SECRET)
    _redact(ward, opened.recorded, name="protocol")
    _redact(ward, cancelled.recorded, name="reason")
    with ward.clinic.database.reading() as db:
        here, now = ward.clinic.registration_id, ward.clinic.clock.now()
        assert view_session(db, here, opened.session_id).protocol == "(redacted)"
        shown = view_request(db, here, asked.shown.request_id, now=now)
    assert shown.cancelled_because == "(redacted)"


@pytest.mark.parametrize(
    "name", ["pharmacist", "clinician", "colleague", "administrator", "stranger", "job"]
)
def test_only_the_compliance_officer_removes_texts(ward: Steps, name: str) -> None:
    opened = ward.open_session()
    with refused(ErrorCode.NOT_PERMITTED):
        _redact(
            ward, opened.recorded, name="protocol", actor=getattr(ward.clinic, name)
        )


def test_what_is_not_there_cannot_be_removed(ward: Steps) -> None:
    opened = ward.open_session()
    with refused(ErrorCode.NOT_FOUND, "name"):
        _redact(ward, opened.recorded, name="weight_g")
    _redact(ward, opened.recorded, name="protocol")
    with refused(ErrorCode.NOT_FOUND, "name"):
        _redact(ward, opened.recorded, name="protocol")
    with refused(ErrorCode.NOT_FOUND, "event_id"):
        nowhere = Appended(
            "evt_1", "", 1, opened.recorded.recorded_at, opened.recorded.root
        )
        _redact(ward, nowhere)


CHANGES = {
    "another text": "UPDATE event_texts SET text = 'all is well'",
    "the text alone removed": "UPDATE event_texts SET text = NULL",
    "the salt alone removed": "UPDATE event_texts SET salt = NULL",
    "another name": "UPDATE event_texts SET name = 'x', salt = NULL, text = NULL",
    "another place": (
        "UPDATE event_texts SET position = position - 1, salt = NULL, text = NULL"
    ),
    "put back": (
        "UPDATE event_texts SET salt = NULL, text = NULL; "
        "UPDATE event_texts SET text = 'x', salt = {salt}"
    ),
    "removed with its row": "DELETE FROM event_texts",
}


@pytest.mark.parametrize("statements", CHANGES.values(), ids=CHANGES)
def test_the_database_allows_no_other_change(ward: Steps, statements: str) -> None:
    ward.open_session()
    salt = {
        "sqlite": "zeroblob(32)",
        "postgresql": "decode(repeat('00', 32), 'hex')",
    }[ward.clinic.database.engine.dialect.name]
    with pytest.raises(DBAPIError, match=r"append-only|redacted_whole"):
        _change(ward, statements.format(salt=salt).split("; "))


def _change(ward: Steps, statements: list[str]) -> None:
    with ward.clinic.database.transaction() as db:
        for statement in statements:
            db.execute(text(statement))
