"""A journal taken into an empty database: the same entries, root and balances.

Rebuilt from the journal alone: registration, places, people and roles, lots and
containers, entries and balances, receipts, sessions, waste, counts with their lines,
cases and reconciliations. Not rebuilt, because no journal tells them: passwords, tokens
and sign-ins, kept answers, checkpoints (this installation signs its own), and what the
catalogue knows beyond the label. Free texts come if the file brings them.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from inventory.evidence.replay import replay
from inventory.evidence.replay.tables import (
    TOLD,
    Row,
    StandIn,
    Tables,
    Told,
    key_columns,
    table,
)
from inventory.journal import tree
from inventory.journal.verifier import (
    OUT_OF_FORM,
    Book,
    FaultError,
    check_text,
    parse,
)
from inventory.kernel.errors import ErrorCode, InventoryError

_BATCH: Final = 500
# Shared between books: those that are there already stay as they are.
_SHARED: Final = frozenset({"people", "products"})


@dataclass(frozen=True, slots=True)
class Imported:
    """The book that was rebuilt, and where it ends."""

    book_id: str
    size: int
    root: bytes


@dataclass(slots=True)
class _Entry:
    """An entry of the file: its bytes, what they say, and its free texts."""

    body: bytes
    told: dict[str, Any]
    texts: dict[str, tuple[bytes, str]]


def import_journal(db: Session, path: Path) -> Imported:
    """Rebuild a book from the export of its whole journal.

    Raises:
        InventoryError: INVALID_FIELD for a file that is not whole or not sound;
            ALREADY_EXISTS when the book is here.
    """
    try:
        book_id, tables = _replayed(path)
    except (FaultError, *OUT_OF_FORM) as fault:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"This journal cannot be taken in: {fault}. Check it with the verifier.",
            field="file",
        ) from fault
    _require_new(db, book_id)
    end = _End()
    _add(db, tables, "registrations")
    heads = insert(table("book_heads"))
    started_at = tables.get("registrations", book_id)["created_at"]
    db.execute(heads, {"book_id": book_id, **end.head(), "recorded_at": started_at})
    for name in TOLD[1:]:
        _add(db, tables, name)
    entries = _entries(path)
    while batch := list(islice(entries, _BATCH)):
        _write(db, batch, end)
    db.execute(
        table("book_heads")
        .update()
        .where(table("book_heads").c.book_id == book_id)
        .values(end.head())
    )
    return Imported(book_id, end.size, end.root)


class _End:
    """The end of the book while it grows."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: tuple[bytes, ...] = ()
        self.recorded_at: datetime | None = None

    @property
    def root(self) -> bytes:
        return tree.root_of_frontier(self.frontier)

    def head(self) -> Row:
        """Give the head of the book, as its row."""
        head: Row = {
            "size": self.size,
            "frontier": tree.pack(self.frontier),
            "root": self.root,
        }
        if self.recorded_at is not None:
            head["recorded_at"] = self.recorded_at
        return head

    def take(self, entry: _Entry) -> Row:
        """Append an entry; gives its row."""
        told, leaf = entry.told, tree.leaf_hash(entry.body)
        subtrees = tree.completed(self.size, self.frontier, leaf)
        self.frontier = tree.extended(self.frontier, leaf, subtrees)
        self.size += 1
        self.recorded_at = datetime.fromisoformat(told["recorded_at"])
        return {
            "book_id": told["book"],
            "position": self.size,
            "id": told["id"],
            "tag": told["tag"],
            "subject": told["subject"],
            "actor_id": told["actor"]["id"],
            "witness_id": told["witness"] and told["witness"]["id"],
            "occurred_at": datetime.fromisoformat(told["occurred_at"]),
            "recorded_at": self.recorded_at,
            "body": entry.body,
            "leaf_hash": leaf,
            "root": self.root,
            "subtrees": tree.pack(subtrees),
        }


def _replayed(path: Path) -> tuple[str, Tables]:
    """Read the whole file once: every entry sound, every row that follows."""
    with path.open("rb") as file:
        header = json.loads(file.readline())
    if not header["whole"]:
        raise FaultError("it is not the whole journal of a book")
    reader, tables = Book(header["book"]), Tables()
    for entry in _entries(path):
        reader.read(entry.body)
        replay(tables, Told.of(entry.told))
    if reader.position != header["until"]:
        raise FaultError(f"it ends at entry {reader.position} of {header['until']}")
    return reader.book, tables


def _entries(path: Path) -> Iterator[_Entry]:
    with path.open("rb") as file:
        file.readline()
        entry: _Entry | None = None
        for line in file:
            if line.startswith(b'{"name":') and entry is not None:
                check_text(entry.told, line)
                text = json.loads(line)
                entry.texts[text["name"]] = b64decode(text["salt"]), text["text"]
                continue
            if entry is not None:
                yield entry
            body = line.removesuffix(b"\n")
            entry = _Entry(body, parse(body), {})
        if entry is not None:
            yield entry


def _require_new(db: Session, book_id: str) -> None:
    registrations = table("registrations")
    query = select(registrations.c.id).where(registrations.c.id == book_id)
    if db.scalar(query) is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This book is here already. A journal is taken into an empty database.",
            field="file",
        )


def _add(db: Session, tables: Tables, name: str) -> None:
    rows = tables.rows[name]
    if name in _SHARED:
        keys = key_columns(name)
        columns = [table(name).c[column] for column in keys]
        present = {tuple(row) for row in db.execute(select(*columns))}
        rows = {key: row for key, row in rows.items() if key not in present}
    if rows:
        db.execute(insert(table(name)), [_plain(row) for row in rows.values()])


def _plain(row: Row) -> Row:
    return {
        column: value.value if isinstance(value, StandIn) else value
        for column, value in row.items()
    }


def _write(db: Session, batch: list[_Entry], end: _End) -> None:
    db.execute(insert(table("events")), [end.take(entry) for entry in batch])
    legs = [row for entry in batch for row in _legs(entry.told)]
    texts = [row for entry in batch for row in _texts(entry)]
    if legs:
        db.execute(insert(table("entries")), legs)
    if texts:
        db.execute(insert(table("event_texts")), texts)


def _legs(told: dict[str, Any]) -> Iterator[Row]:
    for number, leg in enumerate(told["legs"], start=1):
        kind, _, holder_id = leg["account"].partition(":")
        yield {
            "book_id": told["book"],
            "position": told["position"],
            "leg": number,
            "kind": kind,
            "holder_id": holder_id,
            "container_id": leg["container"],
            "amount_ug": leg["amount_ug"],
            "previous_ug": leg["previous_ug"],
            "balance_ug": leg["balance_ug"],
            "version": leg["version"],
            "occurred_at": datetime.fromisoformat(told["occurred_at"]),
            "recorded_at": datetime.fromisoformat(told["recorded_at"]),
        }


def _texts(entry: _Entry) -> Iterator[Row]:
    """Give a row for each free text named in the bytes; one not at hand is empty."""
    for name in entry.told.get("texts", {}):
        salt, text = entry.texts.get(name, (None, None))
        yield {
            "book_id": entry.told["book"],
            "position": entry.told["position"],
            "name": name,
            "salt": salt,
            "text": text,
        }
