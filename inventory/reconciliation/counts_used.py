"""The counts that a reconciliation rests on: the latest of each place in its period."""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.ledger.containers import strength_of
from inventory.models.containers import Container, Lot
from inventory.models.counts import Count, CountLine
from inventory.reconciliation.books import Span
from inventory.reconciliation.figures import (
    CountFigures,
    CountLineFigures,
    SignatureFigures,
)
from inventory.reconciliation.rules import Quantity


def counts_used(db: Session, span: Span) -> tuple[CountFigures, ...]:
    """Give the latest committed count of each place within the period, in book order.

    Names of places and people are those in the journal at that moment.
    """
    latest = _latest_counts(db, span)
    lines = _lines(db, [count.id for count in latest])
    return tuple(_figures(db, count, lines[count.id]) for count in latest)


def _latest_counts(db: Session, span: Span) -> list[Count]:
    query = (
        select(Count)
        .where(
            Count.registration_id == span.registration_id,
            Count.position <= span.known_position,
            Count.committed_at >= span.start,
            Count.committed_at < span.end,
        )
        .order_by(Count.position)
    )
    latest = {count.location_id: count for count in db.scalars(query)}
    return sorted(latest.values(), key=lambda count: count.position or 0)


def _lines(db: Session, count_ids: list[str]) -> dict[str, list[CountLineFigures]]:
    rows = db.execute(
        select(CountLine, Lot, Container.number)
        .join(Lot, Lot.id == CountLine.lot_id)
        .outerjoin(Container, Container.id == CountLine.container_id)
        .where(CountLine.count_id.in_(count_ids))
        .order_by(CountLine.count_id, CountLine.line)
    )
    lines: defaultdict[str, list[CountLineFigures]] = defaultdict(list)
    for line, lot, container_number in rows:
        lines[line.count_id].append(_line(line, lot, container_number))
    return lines


def _line(line: CountLine, lot: Lot, container_number: int | None) -> CountLineFigures:
    return CountLineFigures(
        lot_id=lot.id,
        container_id=line.container_id,
        product_name=lot.product_name,
        strength=strength_of(lot),
        lot=lot.lot,
        container_number=container_number,
        method=line.method,
        expected=Quantity(line.expected_ug, line.expected_containers),
        counted=Quantity(line.counted_ug, line.counted_containers),
        missing_numbers=tuple(int(number) for number in line.missing_numbers.split()),
    )


def _figures(db: Session, count: Count, lines: list[CountLineFigures]) -> CountFigures:
    position = count.position
    assert position is not None, "a committed count has its position"
    [event] = book.read(db, count.registration_id, after=position - 1, until=position)
    body = json.loads(event.body)
    witness = body["witness"]
    return CountFigures(
        count_id=count.id,
        kind=count.kind,
        location_id=count.location_id,
        place=body["data"]["place"],
        position=position,
        committed_at=event.recorded_at,
        counted_by=_signature(body["actor"]),
        witnessed_by=_signature(witness) if witness else None,
        lines=tuple(lines),
    )


def _signature(person: dict[str, Any]) -> SignatureFigures:
    return SignatureFigures(
        name=person["name"],
        initials=person["initials"],
        factors=tuple(person.get("factors", ())),
    )
