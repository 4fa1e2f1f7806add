"""What the books say of a period: sums by container, and who still holds a draw."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.clock import parse_instant
from inventory.ledger.accounts import Kind, drawn
from inventory.ledger.balances import By, Window, sums_ug
from inventory.models.containers import Container
from inventory.reconciliation.figures import DrawnFigures
from inventory.reconciliation.rules import ON_HAND, Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period of one book, and how much of the book is known."""

    registration_id: str
    start: datetime
    end: datetime
    known_position: int


def opening_sums(db: Session, span: Span) -> list[Sum]:
    """Sum what each container held on hand before the period."""
    window = Window(before=span.start, known_position=span.known_position)
    return _sums(db, span.registration_id, window, ON_HAND)


def moved_sums(db: Session, span: Span) -> list[Sum]:
    """Sum what each container's accounts moved within the period."""
    window = Window(
        since=span.start, before=span.end, known_position=span.known_position
    )
    return _sums(db, span.registration_id, window, tuple(Kind))


def container_numbers(db: Session, container_ids: Iterable[str]) -> dict[str, int]:
    """Give the numbers of containers, by id."""
    query = select(Container.id, Container.number).where(
        Container.id.in_(sorted(container_ids))
    )
    return {row.id: row.number for row in db.execute(query)}


def draws_held(db: Session, span: Span, closing: Iterable[Sum]) -> list[DrawnFigures]:
    """Say who still held what at the end of the period, as the journal tells it."""
    held = sorted(
        (each for each in closing if each.kind is Kind.DRAWN),
        key=lambda each: (each.holder_id, each.container_id),
    )
    numbers = container_numbers(db, {each.container_id for each in held})
    stories = {
        session_id: dict(_first_draws(db, span, session_id))
        for session_id in sorted({each.holder_id for each in held})
    }
    figures = []
    for each in held:
        drawn_at, drawn_by = stories[each.holder_id][each.container_id]
        figures.append(
            DrawnFigures(
                session_id=each.holder_id,
                lot_id=each.lot_id,
                container_number=numbers[each.container_id],
                drawn_at=drawn_at,
                drawn_by=drawn_by,
                amount_ug=each.amount_ug,
            )
        )
    return figures


def _sums(
    db: Session, book_id: str, window: Window, kinds: tuple[Kind, ...]
) -> list[Sum]:
    by = (By.LOT, By.CONTAINER, By.KIND, By.HOLDER)
    sums = sums_ug(db, book_id, by=by, window=window, kinds=kinds)
    return [
        Sum(
            lot_id=lot_id,
            container_id=container_id,
            kind=Kind(kind),
            holder_id=holder_id,
            amount_ug=amount_ug,
        )
        for (lot_id, container_id, kind, holder_id), amount_ug in sums.items()
    ]


def _first_draws(
    db: Session, span: Span, session_id: str
) -> Iterator[tuple[str, tuple[datetime, str]]]:
    """Go through the draws of a session, latest first, so that the first one stays."""
    events = book.read(
        db, span.registration_id, until=span.known_position, subject=session_id
    )
    bodies = [json.loads(each.body) for each in events if each.tag == Tag.SESSION_DRAWN]
    account = str(drawn(session_id))
    for body in reversed(bodies):
        drawn_at = parse_instant(body["occurred_at"], field="occurred_at")
        for leg in body["legs"]:
            if leg["account"] == account:
                yield leg["container"], (drawn_at, body["actor"]["name"])
