"""The lines of a product's ledger: entries of the books, told by their journal events.

Both are read in book order, a few hundred at a time: no ledger is ever whole in memory.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.events import Tag
from inventory.journal.signed import read_signatures
from inventory.ledger.accounts import SOURCES, Kind
from inventory.ledger.balances import Window, entries
from inventory.models.containers import Container, Lot
from inventory.models.sessions import SupervisedSession
from inventory.models.sites import Location
from reports.figures import spans
from reports.ledger_data import LedgerLine, Signer
from reports.ledger_words import event_words

# Records are kept on a current basis (21 CFR 1304.21(a)). The slowest ordinary entry is
# a waste, whose witness has 10 minutes; what takes longer was written up afterwards.
LATE_AFTER: Final = timedelta(minutes=15)

_EVENTS_AT_ONCE: Final = 500


def ledger_lines(
    db: Session, book_id: str, product_id: str, window: Window
) -> Iterator[LedgerLine]:
    """Read the lines of a product, in journal order."""
    names = _read_names(db, book_id, product_id)
    moves = _moves(db, book_id, window, names)
    while some := list(islice(moves, _EVENTS_AT_ONCE)):
        wanted = dict(some)
        first, last = some[0][0], some[-1][0]
        for event in book.read(db, book_id, after=first - 1, until=last):
            if event.position in wanted:
                body = json.loads(event.body)
                for together in _together(wanted[event.position]):
                    yield _line(body, together, event.occurred_at, event.recorded_at)


@dataclass(frozen=True, slots=True)
class _Names:
    """Containers (number and lot), places and patients, by id."""

    containers: Mapping[str, tuple[int, str]]
    places: Mapping[str, str]
    patients: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """What one event moved of one container."""

    number: int
    lot: str
    place: str
    patient: str
    is_delivered: bool
    sums_ug: Mapping[str, int]


def _read_names(db: Session, book_id: str, product_id: str) -> _Names:
    containers = db.execute(
        select(Container.id, Container.number, Lot.lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(Lot.registration_id == book_id, Lot.product_id == product_id)
    )
    places = db.execute(
        select(Location.id, Location.name).where(Location.registration_id == book_id)
    )
    patients = db.execute(
        select(SupervisedSession.id, SupervisedSession.patient_ref).where(
            SupervisedSession.registration_id == book_id,
            SupervisedSession.product_id == product_id,
        )
    )
    return _Names(
        containers={row.id: (row.number, row.lot) for row in containers},
        places={row.id: row.name for row in places},
        patients={row.id: row.patient_ref for row in patients},
    )


def _moves(
    db: Session, book_id: str, window: Window, names: _Names
) -> Iterator[tuple[int, list[_Moved]]]:
    """Read what each event moved of the product: its position and containers."""
    legs = (
        leg
        for leg in entries(db, book_id, window=window)
        if leg.container_id in names.containers
    )
    for position, group in groupby(legs, key=attrgetter("position")):
        by_container = groupby(group, key=attrgetter("container_id"))
        yield position, [_moved(names, *each) for each in by_container]


def _moved(names: _Names, container_id: str, legs: Iterable[Any]) -> _Moved:
    sums_ug: defaultdict[str, int] = defaultdict(int)
    place = patient = ""
    for leg in legs:
        sums_ug[leg.kind] += leg.amount_ug
        place = names.places.get(leg.holder_id, place)
        patient = names.patients.get(leg.holder_id, patient)
    number, lot = names.containers[container_id]
    return _Moved(
        number=number,
        lot=lot,
        place=place,
        patient=patient,
        is_delivered=not SOURCES.isdisjoint(sums_ug),
        sums_ug=sums_ug,
    )


def _together(moved: Iterable[_Moved]) -> Iterator[list[_Moved]]:
    """Put the containers of a delivery on one line for each lot and place."""

    def line(each: _Moved) -> tuple[str, str, int]:
        return each.lot, each.place, 0 if each.is_delivered else each.number

    ordered = sorted(moved, key=attrgetter("number"))
    for _, group in groupby(sorted(ordered, key=line), key=line):
        yield list(group)


def _line(
    body: Mapping[str, Any],
    moved: list[_Moved],
    occurred_at: datetime,
    recorded_at: datetime,
) -> LedgerLine:
    first = moved[0]

    def total_ug(kind: Kind) -> int:
        return sum(each.sums_ug.get(kind, 0) for each in moved)

    witness = body["witness"]
    return LedgerLine(
        position=body["position"],
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        is_late=_is_late(body, recorded_at - occurred_at),
        event=event_words(body, first.place),
        containers=spans(each.number for each in moved),
        lot=first.lot,
        reference=first.patient or body["data"].get("invoice_number", ""),
        shelf_ug=total_ug(Kind.STOCK),
        drawn_ug=total_ug(Kind.DRAWN),
        given_ug=total_ug(Kind.ADMINISTERED),
        wasted_ug=total_ug(Kind.WASTED),
        actor=_signer(body["actor"]),
        witness=_signer(witness) if witness else None,
        signatures=read_signatures(body),
    )


def _is_late(body: Mapping[str, Any], delay: timedelta) -> bool:
    # An inventory is dated to the opening or close of its day by law (1304.11(a)).
    return body["tag"] != Tag.INITIAL_INVENTORY_TAKEN and delay > LATE_AFTER


def _signer(person: Mapping[str, str]) -> Signer:
    return Signer(person["initials"], person["name"])
