"""What the tables should hold, as far as the journals tell.

The rows are built from journals alone. `verify` holds the real tables against them;
`journal import` writes them into an empty database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table

from inventory.models import Base

Row = dict[str, Any]
Key = tuple[Any, ...]

# In the order in which they can be filled: what a row refers to stands before it.
TOLD: Final = (
    "registrations",
    "facility_settings",
    "locations",
    "people",
    "memberships",
    "role_grants",
    "access_requests",
    "products",
    "lots",
    "containers",
    "balances",
    "initial_inventories",
    "receipts",
    "sessions",
    "waste_requests",
    "emergency_accesses",
    "counts",
    "count_lines",
    "discrepancies",
    "reconciliations",
)
# The catalogue is no part of any book: a lot copies what was printed on it.
NOT_COMPARED: Final = frozenset({"products"})


def table(name: str) -> Table:
    """Give a table by its name, to be read as raw rows."""
    return Base.metadata.tables[name]


def key_columns(name: str) -> tuple[str, ...]:
    """Give the names of a table's primary key columns."""
    return tuple(column.name for column in table(name).primary_key)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A value that the journal does not tell; an import needs something there."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry of a journal, as it is replayed; free texts stand in no table.

    `signatures` are those of the witnesses, in order; `witness` is the first's id.
    """

    book: str
    position: int
    tag: str
    subject: str
    actor: str
    witness: str | None
    occurred_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]
    signatures: tuple[Mapping[str, Any], ...]
    legs: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Told":
        """Take a parsed entry."""
        witness = entry["witness"]
        return cls(
            book=entry["book"],
            position=entry["position"],
            tag=entry["tag"],
            subject=entry["subject"],
            actor=entry["actor"]["id"],
            witness=witness and witness["id"],
            occurred_at=datetime.fromisoformat(entry["occurred_at"]),
            recorded_at=datetime.fromisoformat(entry["recorded_at"]),
            data=entry["data"],
            signatures=tuple(
                entry[place]
                for place in ("witness", "second_witness")
                if entry.get(place)
            ),
            legs=tuple(entry["legs"]),
        )


class Tables:
    """Rows by table and primary key."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Key, Row]] = {name: {} for name in TOLD}
        self._keys = {name: key_columns(name) for name in TOLD}

    def put(self, name: str, row: Row) -> None:
        """Add a row, or replace the one with its key."""
        self.rows[name][tuple(row[column] for column in self._keys[name])] = row

    def get(self, name: str, *key: Any) -> Row:
        """Give a row that an earlier entry told of; KeyError if none did."""
        return self.rows[name][key]

    def lot(self, book: str, ndc: str, lot: str) -> Row:
        """Give the lot of a book by what is printed on it."""
        for row in self.rows["lots"].values():
            if (row["registration_id"], row["ndc"], row["lot"]) == (book, ndc, lot):
                return row
        raise KeyError(lot)

    def containers(self, book: str) -> list[Row]:
        """Give the containers of a book in number order."""
        rows = self.rows["containers"].values()
        return [row for row in rows if row["registration_id"] == book]

    def numbered(self, book: str, number: int) -> Row:
        """Give the container of a book with a number."""
        for row in self.containers(book):
            if row["number"] == number:
                return row
        raise KeyError(number)
