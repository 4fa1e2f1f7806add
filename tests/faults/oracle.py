"""What the books really hold, against what the programs were told: in plain SQL."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from inventory.db import Database
from tests import invariants
from tests.faults.program import Acknowledged

_EVENTS = "SELECT book_id, position, id, root, subject, tag FROM events"
_PATIENTS = "SELECT patient_ref FROM sessions"


@dataclass(frozen=True, slots=True)
class Found:
    """How books and acknowledgements differ.

    Attributes:
        lost: acknowledged entries that are not in the books, or not as acknowledged.
        duplicated: entries that stand in the books more than once.
        unasked: entries in the books that nobody was told about.
        broken: the invariant that does not hold, if any.
    """

    lost: int
    duplicated: int
    unasked: int
    broken: str


def count_events(database: Database) -> int:
    """Count the events of all books."""
    with database.reading() as db:
        return len(db.connection().execute(text(_EVENTS)).all())


def compare(database: Database, acks: Sequence[Acknowledged], *, before: int) -> Found:
    """Compare the books with all acknowledgements since there were `before` events.

    A visit does each thing once: two events of one kind about one session, or two
    sessions of one patient, are one entry recorded twice.
    """
    with database.reading() as db:
        events = db.connection().execute(text(_EVENTS)).all()
        patients = Counter(db.connection().execute(text(_PATIENTS)).scalars())
    stored = {
        Acknowledged(row.book_id, row.position, row.id, bytes(row.root).hex())
        for row in events
    }
    told = set(acks)
    entries = Counter((row.book_id, row.subject, row.tag) for row in events)
    duplicated = sum((entries - Counter(set(entries))).values())
    duplicated += sum((patients - Counter(set(patients))).values())
    return Found(
        lost=len(told - stored),
        duplicated=duplicated,
        unasked=len(events) - before - len(told & stored),
        broken=_broken(database),
    )


def _broken(database: Database) -> str:
    try:
        invariants.check(database, invariants.Memory())
    except AssertionError as error:
        return str(error)
    return ""
