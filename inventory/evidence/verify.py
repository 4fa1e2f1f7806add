"""Verify the live books: raw rows, checkpoints kept elsewhere, and every other table.

Nothing is believed because it is stored (assurance D12): the journal is read from its
bytes, the tables are compared with what follows from them, and each checkpoint that can
be found must agree, in size and in root.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.evidence import raw_book
from inventory.evidence.keys import LogKeys
from inventory.evidence.raw_book import Beside, Columns
from inventory.evidence.replay import replay
from inventory.evidence.replay.tables import (
    NOT_COMPARED,
    TOLD,
    StandIn,
    Tables,
    Told,
    key_columns,
    table,
)
from inventory.evidence.signatures import Signatures
from inventory.journal.events import Tag
from inventory.journal.verifier import (
    LOG_KEY,
    OK,
    OUT_OF_FORM,
    TAMPERED,
    UNVERIFIED,
    Book,
    Checkpoint,
    Evidence,
    FaultError,
    Key,
    Policy,
    origin_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying the live books found.

    Attributes:
        entries: how many entries of journals were read and found sound.
        alterations: sentences; any of them means TAMPERED.
        gaps: what keeps the answer from being OK without proving anything.
    """

    entries: int
    alterations: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def answer(self) -> str:
        """OK, TAMPERED or COULD NOT VERIFY."""
        if self.alterations:
            return TAMPERED
        return UNVERIFIED if self.gaps else OK


@dataclass(slots=True)
class _Reading:
    """A book, and the last of its entries that was found sound."""

    book_id: str
    sound: int = 0
    # Free texts, as (position, name): those that are gone, and those that were said to.
    gone: set[tuple[int, str]] = field(default_factory=set)
    redacted: set[tuple[int, str]] = field(default_factory=set)

    def note_texts(self, entry: Mapping[str, Any], kept: Mapping[str, str]) -> None:
        """Remember which texts of an entry are gone, and which it says were removed."""
        missing = entry.get("texts", {}).keys() - kept.keys()
        self.gone |= {(entry["position"], name) for name in missing}
        if entry["tag"] == Tag.TEXT_REDACTED:
            self.redacted.add((entry["data"]["position"], entry["data"]["name"]))


def own_policy(keys: LogKeys, books: Iterable[str]) -> Policy:
    """Trust every log key that ever signed in this installation, and ask no witness."""
    policy = Policy(quorum=0)
    for book_id in books:
        policy.logs[origin_of(book_id)] = [
            Key(each.name, LOG_KEY, each.public_key) for each in keys.verifiers(book_id)
        ]
    return policy


def book_ids(db: Session) -> list[str]:
    """List the books."""
    heads = table("book_heads")
    return list(db.scalars(select(heads.c.book_id).order_by(heads.c.book_id)))


def verify_books(db: Session, evidence: Evidence) -> Verification:
    """Verify every book of this installation, and the tables that follow from them.

    Args:
        db: a consistent view of the database.
        evidence: a policy, and the checkpoints found outside the database.
    """
    _claim_stored(db, evidence)
    tables, sound, alterations = Tables(), 0, []
    gaps = list(evidence.found[UNVERIFIED])
    for book_id in book_ids(db):
        reading = _Reading(book_id)
        try:
            _read_book(db, reading, tables, evidence)
        except (FaultError, *OUT_OF_FORM) as fault:
            alterations.append(f"{book_id}: entry {reading.sound + 1} {fault}")
        sound += reading.sound
        if gone := reading.gone - reading.redacted:
            gaps.append(f"{book_id}: {len(gone)} free texts are gone without an entry")
        origin = origin_of(book_id)
        if reading.sound and not any(at == origin for at, _ in evidence.trusted):
            gaps.append(f"{book_id}: no checkpoint says what this book was")
    alterations += _lost_books(db, evidence)
    # Tables follow from the journals: compared when these are whole.
    if not alterations:
        alterations = list(_differences(db, tables))
    return Verification(
        entries=sound,
        alterations=(*evidence.found[TAMPERED], *alterations),
        gaps=tuple(gaps),
    )


def _claim_stored(db: Session, evidence: Evidence) -> None:
    stored = table("checkpoints")
    for row in db.execute(select(stored).order_by(stored.c.book_id, stored.c.size)):
        name = f"the stored checkpoint of {row.size} entries"
        try:
            checkpoint = Checkpoint.read(row.note, name)
            if checkpoint.place != (origin_of(row.book_id), row.size):
                raise ValueError("stands under another book or size")
            evidence.claim(checkpoint)
        except OUT_OF_FORM as error:
            evidence.found[TAMPERED].append(f"{row.book_id}: {name} {error}")


def _read_book(
    db: Session, reading: _Reading, tables: Tables, evidence: Evidence
) -> None:
    """Read one book.

    Raises:
        FaultError: the entry after the last sound one, or the end of the book, is not
            what was recorded.
    """
    reader, columns = Book(reading.book_id), Columns()
    signatures = Signatures()
    legs = Beside(db, "entries", reading.book_id, "leg")
    texts = Beside(db, "event_texts", reading.book_id, "name")
    origin, agreed = origin_of(reading.book_id), 0
    for row in raw_book.events(db, reading.book_id):
        entry = reader.read(row["body"])
        columns.take(row, entry)
        signatures.take(entry)
        raw_book.require_legs(legs.take(columns.size), entry)
        kept = raw_book.require_texts(texts.take(columns.size), entry)
        reading.note_texts(entry, kept)
        replay(tables, Told.of(entry))
        claim = evidence.claims.get((origin, columns.size))
        if claim is not None and claim.root != columns.root:
            reading.sound = agreed
            raise FaultError(f"to {columns.size}: not what {claim.source} has signed")
        reading.sound = columns.size
        agreed = columns.size if claim else agreed
    legs.require_end()
    texts.require_end()
    raw_book.require_head(db, reading.book_id, columns, reader.recorded_at)
    last = max((size for at, size in evidence.claims if at == origin), default=0)
    if last > columns.size:
        raise FaultError(f"is missing: {evidence.claims[origin, last].source} has it")


def _lost_books(db: Session, evidence: Evidence) -> Iterator[str]:
    known = {origin_of(book_id) for book_id in book_ids(db)}
    for (origin, _), claim in evidence.claims.items():
        if origin not in known:
            yield f"{origin}: the book is gone, and {claim.source} has it"


def _differences(db: Session, tables: Tables) -> Iterator[str]:
    for name in TOLD:
        if name not in NOT_COMPARED:
            yield from _differing_rows(db, name, tables)


def _differing_rows(db: Session, name: str, tables: Tables) -> Iterator[str]:
    told, keys = dict(tables.rows[name]), key_columns(name)
    for row in db.execute(select(table(name))).mappings():
        key = tuple(row[column] for column in keys)
        expected = told.pop(key, None)
        if expected is None:
            yield f"{name} {_named(key)} is told of by no journal"
            continue
        for column, value in expected.items():
            if not isinstance(value, StandIn) and row[column] != value:
                yield (
                    f"{name} {_named(key)}: {column} is {row[column]!s}, "
                    f"and was {value!s} by the journal"
                )
    for key in told:
        yield f"{name} {_named(key)} is gone, and the journal tells of it"


def _named(key: Sequence[Any]) -> str:
    return " ".join(str(part) for part in key)
