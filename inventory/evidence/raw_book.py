"""One book as its rows lie in the database, held against its own bytes.

Nothing here trusts what the program computed when it recorded: leaves, tree, balances
and entries are worked out anew from the bytes, by the code that stands alone
(`inventory.journal.verifier`) and the one that keeps the books (`journal.tree`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from inventory.evidence.replay.tables import table
from inventory.journal import tree
from inventory.journal.verifier import FaultError

_BATCH: Final = 1000
_LEG: Final = ("amount_ug", "previous_ug", "balance_ug", "version")


def events(db: Session, book_id: str) -> Iterator[RowMapping]:
    """Read the rows of the events, in order, streaming."""
    return _stream(db, "events", book_id, "position")


class Beside:
    """Rows that belong to events, taken position by position as the events come."""

    def __init__(self, db: Session, name: str, book_id: str, order: str) -> None:
        rows = _stream(db, name, book_id, "position", order)
        self._groups = groupby(rows, key=lambda row: row["position"])
        self._next = next(self._groups, None)

    def take(self, position: int) -> list[RowMapping]:
        """Give the rows of a position; none may have been left behind.

        Raises:
            FaultError: there are rows of a position that no event has.
        """
        if self._next is None or self._next[0] > position:
            return []
        if self._next[0] < position:
            raise FaultError("follows rows that belong to no entry")
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found

    def require_end(self) -> None:
        """Require that nothing is left after the last event.

        Raises:
            FaultError: something is.
        """
        if self._next is not None:
            raise FaultError("is missing, and rows beside it are not")


class Columns:
    """The tree as it is stored along a book, one event after the other."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root over the events that were taken."""
        return tree.root_of_frontier(self.frontier)

    def take(self, row: RowMapping, entry: Mapping[str, Any]) -> None:
        """Hold the columns of the next event against its bytes.

        Raises:
            FaultError: a column says something else.
        """
        leaf = tree.leaf_hash(row["body"])
        subtrees = tree.completed(self.size, self.frontier, leaf)
        self.frontier = tree.extended(self.frontier, leaf, subtrees)
        self.size += 1
        witness = entry["witness"]
        said = {
            "position": entry["position"],
            "id": entry["id"],
            "tag": entry["tag"],
            "subject": entry["subject"],
            "actor_id": entry["actor"]["id"],
            "witness_id": witness and witness["id"],
            "occurred_at": datetime.fromisoformat(entry["occurred_at"]),
            "recorded_at": datetime.fromisoformat(entry["recorded_at"]),
            "leaf_hash": leaf,
            "root": self.root,
            "subtrees": tree.pack(subtrees),
        }
        for column, value in said.items():
            if row[column] != value:
                raise FaultError(f"has another {column} in its row than in its bytes")


def require_legs(rows: Sequence[RowMapping], entry: Mapping[str, Any]) -> None:
    """Hold the entries of the ledger against the legs in the bytes.

    Raises:
        FaultError: they differ.
    """
    booked = [
        (
            row["leg"],
            f"{row['kind']}:{row['holder_id']}",
            row["container_id"],
            *(row[column] for column in _LEG),
        )
        for row in rows
    ]
    hashed = [
        (number, leg["account"], leg["container"], *(leg[column] for column in _LEG))
        for number, leg in enumerate(entry["legs"], start=1)
    ]
    times = {(row["occurred_at"], row["recorded_at"]) for row in rows}
    said = tuple(
        datetime.fromisoformat(entry[column])
        for column in ("occurred_at", "recorded_at")
    )
    if booked != hashed or times - {said}:
        raise FaultError("is booked otherwise in the ledger than in its bytes")


def require_texts(
    rows: Sequence[RowMapping], entry: Mapping[str, Any]
) -> dict[str, str]:
    """Hold the free texts against the hashes of them in the bytes.

    Returns:
        The texts by name; those that were redacted are left out.

    Raises:
        FaultError: one differs, or its row is gone.
    """
    hashes = entry.get("texts", {})
    if {row["name"] for row in rows} != hashes.keys():
        raise FaultError("has other free texts beside it than its bytes name")
    kept = {row["name"]: row for row in rows if row["text"] is not None}
    for name, row in kept.items():
        salted = row["salt"] + row["text"].encode()
        if hashlib.sha256(salted).hexdigest() != hashes[name]:
            raise FaultError(f"has another text for {name} than the one recorded")
    return {name: row["text"] for name, row in kept.items()}


def require_head(db: Session, book_id: str, columns: Columns, recorded_at: str) -> None:
    """Hold the head of the book against the events before it.

    Raises:
        FaultError: it tells of another end.
    """
    heads = table("book_heads")
    row = db.execute(select(heads).where(heads.c.book_id == book_id)).one()
    said = columns.size, tree.pack(columns.frontier), columns.root
    if attrgetter("size", "frontier", "root")(row) != said:
        raise FaultError("is not where the head of the book says it ends")
    if columns.size and row.recorded_at != datetime.fromisoformat(recorded_at):
        raise FaultError("was not recorded when the head of the book says")


def _stream(db: Session, name: str, book_id: str, *order: str) -> Iterator[RowMapping]:
    rows = table(name)
    query = (
        select(rows)
        .where(rows.c.book_id == book_id)
        .order_by(*(rows.c[column] for column in order))
        .execution_options(yield_per=_BATCH)
    )
    with db.execute(query) as result:
        yield from result.mappings()
