"""A feature made up for tests: it appends real events to the books."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Permission
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.kernel.quantities import Form, Strength, parse_amount
from inventory.models.people import Person
from inventory.web.endpoints import Edge, make_blueprint, reads, writes
from inventory.web.fields import (
    AmountText,
    Choice,
    CivilDay,
    Hash,
    Identifier,
    Instant,
    Scan,
    Secret,
    Text,
    Whole,
    WholeText,
)

KETAMINE = Strength(Form.SOLUTION, 50_000)


class LineSchema(Schema):
    amount = AmountText(required=True)


class WitnessSchema(Schema):
    sign_in_name = Text(max_length=50, required=True)
    password = Secret(required=True)


class NoteSchema(Schema):
    text = Text(max_length=50, required=True)
    amount = AmountText(required=True)
    copies = Whole(minimum=1, maximum=9)
    kind = Choice(["plain", "urgent"])
    at = Instant()
    day = CivilDay()
    session_id = Identifier("ses")
    scan = Scan()
    witness = fields.Nested(WitnessSchema)
    lines = fields.List(fields.Nested(LineSchema))


class NoteView(Schema):
    text = Text(max_length=50, required=True)
    amount_ug = Whole(required=True)
    position = Whole(required=True)
    recorded_at = Instant(required=True)
    root = Hash(required=True)


class PageSchema(Schema):
    limit = WholeText(minimum=1, maximum=100, load_default=10)


class EventView(Schema):
    position = Whole(required=True)


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    amount_ug: int
    position: int
    recorded_at: datetime
    root: bytes


def sample_blueprint() -> Blueprint:
    """Make the feature's blueprint."""
    blueprint = make_blueprint("notes", "Notes, for tests.")
    writes(
        blueprint,
        "/notes",
        Permission.RECEIVE,
        takes=NoteSchema,
        answers=NoteView,
        secret_fields=("password",),
    )(post_note)
    writes(blueprint, "/faults", Permission.RECEIVE, answers=NoteView)(post_fault)
    writes(blueprint, "/twins", Permission.RECEIVE, answers=NoteView)(post_twin)
    reads(
        blueprint,
        "/notes",
        Permission.READ_BOOKS,
        takes=PageSchema,
        answers=EventView,
        many=True,
    )(get_notes)
    reads(blueprint, "/notes/<note_id>", Permission.READ_BOOKS, answers=EventView)(
        get_note
    )
    return blueprint


def post_note(edge: Edge, fields: dict[str, Any]) -> Note:
    """Write a note.

    It is final.
    """
    amount_ug = parse_amount(fields["amount"], KETAMINE, field="amount")
    event = AuditEvent(
        book_id=edge.registration_id,
        tag=Tag.LOCATION_ADDED,
        subject=new_id("loc", edge.clock.now()),
        actor=edge.actor,
        occurred_at=edge.clock.now(),
        data={"text": fields["text"], "amount_ug": amount_ug},
    )
    at = book.append(edge.db, event, clock=edge.clock)
    return Note(fields["text"], amount_ug, at.position, at.recorded_at, at.root)


def post_fault(edge: Edge) -> Note:
    """Append an event, then fail in a way nobody thought of."""
    post_note(edge, {"text": "lost", "amount": "1 mg"})
    raise RuntimeError("the patient is called Jane")


def post_twin(edge: Edge) -> Note:
    """Break a constraint that only two at once can break."""
    person = edge.db.get_one(Person, edge.actor.id)
    edge.db.add(
        Person(
            id=new_id("per", edge.clock.now()),
            kind="job",
            sign_in_name=person.sign_in_name,
            name="Twin",
            initials="TW",
            created_at=edge.clock.now(),
        )
    )
    edge.db.flush()
    raise AssertionError("the twin was accepted")


def get_notes(edge: Edge, fields: dict[str, Any]) -> list[Any]:
    """List the notes."""
    return list(book.read(edge.db, edge.registration_id))[: fields["limit"]]


def get_note(edge: Edge, note_id: str) -> Any:
    """Show one note."""
    found = list(book.read(edge.db, edge.registration_id, subject=note_id))
    if not found:
        raise InventoryError(ErrorCode.NOT_FOUND, "There is no such note. Look again.")
    return found[0]
