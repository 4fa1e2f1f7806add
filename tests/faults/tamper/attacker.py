"""Someone with the database file, the code and the log key."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from inventory.journal import tree
from tests.faults.tamper.sites import Site

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    """What the attacker works on.

    Attributes:
        site: the clinic, for its log key; its folder elsewhere stays untouched.
        path: the file that is altered, a copy of the clinic's database.
        other_site: another clinic, whose entries can be replayed here.
    """

    site: Site
    path: Path
    other_site: Site

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Open the file past every trigger and foreign key."""
        connection = sqlite3.connect(self.path)
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(named).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def rewrite(self, bodies: Sequence[bytes], *, sign: bool) -> None:
        """Make journal, ledger and head fit other entries, and sign them if asked."""
        with self.database() as connection:
            texts = _texts(connection)
            for name in ("entries", "event_texts", "events"):
                connection.execute(f"DELETE FROM {name}")
            frontier: tuple[bytes, ...] = ()
            for size, body in enumerate(bodies):
                frontier = _append(connection, frontier, size, body)
                told = json.loads(body)
                for text in texts[told["id"]]:
                    row = told["book"], size + 1, *text
                    connection.execute(
                        "INSERT INTO event_texts VALUES (?, ?, ?, ?, ?)", row
                    )
            connection.execute(
                "UPDATE book_heads SET size = ?, frontier = ?, root = ?",
                (len(bodies), tree.pack(frontier), tree.root_of_frontier(frontier)),
            )
            last = _stored(json.loads(bodies[-1])["recorded_at"])
            connection.execute("UPDATE book_heads SET recorded_at = ?", (last,))
            if sign:
                self._sign(connection, bodies)

    def _sign(self, connection: sqlite3.Connection, bodies: Sequence[bytes]) -> None:
        """Replace every checkpoint that lies in the database by one that fits."""
        sizes = connection.execute("SELECT size, made_at FROM checkpoints").fetchall()
        connection.execute("DELETE FROM cosignatures")
        connection.execute("DELETE FROM checkpoints")
        for size, made_at in sizes:
            if size <= len(bodies):
                note = self.site.checkpoint(bodies[:size])
                connection.execute(
                    "INSERT INTO checkpoints VALUES (?, ?, ?, ?)",
                    (self.site.book_id, size, note, made_at),
                )


def renumbered(bodies: Sequence[bytes]) -> list[bytes]:
    """Give entries dense positions again, in canonical form."""
    return [
        rfc8785.dumps({**json.loads(body), "position": position})
        for position, body in enumerate(bodies, start=1)
    ]


def changed(body: bytes, **changes: Any) -> bytes:
    """Give an entry that says something else."""
    return rfc8785.dumps({**json.loads(body), **changes})


def _texts(connection: sqlite3.Connection) -> defaultdict[str, Rows]:
    query = (
        "SELECT e.id, t.name, t.salt, t.text FROM event_texts t "
        "JOIN events e ON e.book_id = t.book_id AND e.position = t.position"
    )
    found: defaultdict[str, Rows] = defaultdict(list)
    for event_id, *text in connection.execute(query):
        found[event_id].append(tuple(text))
    return found


def _append(
    connection: sqlite3.Connection, frontier: tuple[bytes, ...], size: int, body: bytes
) -> tuple[bytes, ...]:
    told, leaf = json.loads(body), tree.leaf_hash(body)
    subtrees = tree.completed(size, frontier, leaf)
    grown = tree.extended(frontier, leaf, subtrees)
    witness = told["witness"]
    occurred_at, recorded_at = (
        _stored(told["occurred_at"]),
        _stored(told["recorded_at"]),
    )
    row = {
        "book_id": told["book"],
        "position": size + 1,
        "id": told["id"],
        "tag": told["tag"],
        "subject": told["subject"],
        "actor_id": told["actor"]["id"],
        "witness_id": witness and witness["id"],
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "body": body,
        "leaf_hash": leaf,
        "root": tree.root_of_frontier(grown),
        "subtrees": tree.pack(subtrees),
    }
    _insert(connection, "events", row)
    for number, leg in enumerate(told["legs"], start=1):
        kind, _, holder_id = leg["account"].partition(":")
        figures = ("amount_ug", "previous_ug", "balance_ug", "version")
        entry = {
            "book_id": told["book"],
            "position": size + 1,
            "leg": number,
            "kind": kind,
            "holder_id": holder_id,
            "container_id": leg["container"],
            **{figure: leg[figure] for figure in figures},
            "occurred_at": occurred_at,
            "recorded_at": recorded_at,
        }
        _insert(connection, "entries", entry)
    return grown


def _insert(connection: sqlite3.Connection, name: str, row: dict[str, Any]) -> None:
    places = ", ".join(f":{column}" for column in row)
    columns = ", ".join(row)
    connection.execute(f"INSERT INTO {name} ({columns}) VALUES ({places})", row)


def _stored(instant: str) -> str:
    return instant.removesuffix("Z") + "+00:00"
