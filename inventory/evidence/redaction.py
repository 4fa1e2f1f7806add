"""Removing a free text that must not stand in the books any more.

Someone typed a patient's name into a reason. The entry stays, with its place in the
tree, and so does the hash of the text; the text and its salt go, and an entry says who
removed what and why. Figures, names and times cannot be removed.
"""

import json
from dataclasses import dataclass

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from inventory.journal import book, texts
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.service import IdempotencyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactText:
    """Remove a free text of an entry.

    Attributes:
        registration_id: whose book.
        event_id: the entry.
        name: which of its texts, such as "place".
        reason: why it must go; without repeating what is removed.
    """

    registration_id: str
    event_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRedacted:
    """A text that nobody can read any more, and the entry that says so."""

    event_id: str
    position: int
    name: str
    recorded: Appended


def redact_text(
    db: Session, command: RedactText, *, actor: Actor, clock: Clock
) -> TextRedacted:
    """Remove a free text with its salt, and say so in the journal.

    Raises:
        InventoryError: NOT_PERMITTED; NOT_FOUND for an entry of another book, or a text
            that is not there, or not any more.
    """
    require_permission(actor, Permission.REDACT, command.registration_id)
    event = book.find(db, command.registration_id, command.event_id)
    if event is None:
        raise _not_found("There is no such entry in this book.", "event_id")
    text = texts.remove(db, event.book_id, event.position, command.name)
    if text is None:
        raise _not_found("The entry has no such text, or has it no more.", "name")
    _forget_answers(db, event.subject, text)
    redaction = AuditEvent(
        book_id=event.book_id,
        tag=Tag.TEXT_REDACTED,
        subject=event.subject,
        actor=actor,
        occurred_at=clock.now(),
        data={
            "event": event.id,
            "position": event.position,
            "tag": event.tag,
            "name": command.name,
        },
        texts={"reason": salted(command.reason)},
    )
    return TextRedacted(
        event_id=event.id,
        position=event.position,
        name=command.name,
        recorded=book.append(db, redaction, clock=clock),
    )


def _forget_answers(db: Session, subject: str, text: str) -> None:
    """Take the text out of the answers that are kept for programs that ask again."""
    quoted = json.dumps(text, ensure_ascii=False)
    mark = json.dumps(texts.REDACTED)
    answer = IdempotencyKey.answer
    db.execute(
        update(IdempotencyKey)
        .where(
            answer.contains(quoted, autoescape=True),
            answer.contains(subject, autoescape=True),
        )
        .values(answer=func.replace(answer, quoted, mark))
    )


def _not_found(sentence: str, field: str) -> InventoryError:
    message = f"{sentence} Look at the entry again."
    return InventoryError(ErrorCode.NOT_FOUND, message, field=field)
