"""Who looked at what of a site's patients."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.attempts import PatientRead
from inventory.models.people import Person

PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientReadsAsked:
    """Which reads are wanted; None does not narrow.

    Attributes:
        between: from an instant until before another.
        before: id of the last read of the page before.
    """

    person_id: str | None = None
    between: tuple[datetime, datetime] | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientReadView:
    """One look at something that belongs to a patient."""

    id: str
    read_at: datetime
    person_id: str
    person: str
    source: str
    action: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientReadsPage:
    """Reads, latest first; `next_before` is None on the last page."""

    reads: Sequence[PatientReadView]
    next_before: str | None


def list_patient_reads(
    db: Session, registration_id: str, asked: PatientReadsAsked
) -> PatientReadsPage:
    """Give a page of the reads at a site.

    Raises:
        InventoryError: INVALID_FIELD for a page that begins nowhere in the list.
    """
    here = PatientRead.registration_id == registration_id
    query = (
        select(PatientRead, Person.name)
        .join(Person, Person.id == PatientRead.person_id)
        .where(here, *_narrow(asked))
    )
    if asked.before is not None:
        query = query.where(_earlier(_last(db, here, asked.before)))
    newest_first = query.order_by(PatientRead.read_at.desc(), PatientRead.id.desc())
    rows = db.execute(newest_first.limit(PAGE + 1)).all()
    shown = [_view(read, name) for read, name in rows[:PAGE]]
    more = len(rows) > PAGE
    return PatientReadsPage(reads=shown, next_before=shown[-1].id if more else None)


def _narrow(asked: PatientReadsAsked) -> Iterable[ColumnElement[bool]]:
    if asked.person_id is not None:
        yield PatientRead.person_id == asked.person_id
    if asked.between is not None:
        start, end = asked.between
        yield and_(PatientRead.read_at >= start, PatientRead.read_at < end)


def _last(db: Session, here: ColumnElement[bool], read_id: str) -> PatientRead:
    last = db.scalar(select(PatientRead).where(PatientRead.id == read_id, here))
    if last is None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The list has no such read. Take `next_before` of the page before.",
            field="before",
        )
    return last


def _earlier(last: PatientRead) -> ColumnElement[bool]:
    same_instant = and_(PatientRead.read_at == last.read_at, PatientRead.id < last.id)
    return or_(PatientRead.read_at < last.read_at, same_instant)


def _view(read: PatientRead, person: str) -> PatientReadView:
    return PatientReadView(
        id=read.id,
        read_at=read.read_at,
        person_id=read.person_id,
        person=person,
        source=read.source,
        action=read.action,
        path=read.path,
    )
