"""What a database really kept, counted and summed without any code of ours."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from tests.bench.ward import DOSE_UG, LEGS_PER_POST, POSTS_PER_VISIT

_QUESTIONS: Final = {
    "events": "SELECT count(*) FROM events",
    "positions": "SELECT sum(size) FROM book_heads",
    "entries": "SELECT count(*) FROM entries",
    "net_ug": "SELECT sum(amount_ug) FROM entries",
    "stock_ug": "SELECT sum(balance_ug) FROM balances WHERE kind = 'stock'",
    "drawn_ug": "SELECT sum(balance_ug) FROM balances WHERE kind = 'drawn'",
    "given_ug": "SELECT sum(amount_ug) FROM entries WHERE kind = 'administered'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Counts of rows and sums of micrograms, over all books.

    Attributes:
        events: rows of the journal.
        positions: where the heads of the books say that they end.
        entries: rows of the ledger.
        net_ug: sum of all entries; zero by double entry.
        stock_ug: running balances of the shelves.
        drawn_ug: running balances of the sessions.
        given_ug: entries into patients.
    """

    events: int
    positions: int
    entries: int
    net_ug: int
    stock_ug: int
    drawn_ug: int
    given_ug: int

    def after_admitting(self, patients: int) -> Self:
        """Give what must be there once sessions were opened: one event each."""
        return replace(
            self, events=self.events + patients, positions=self.positions + patients
        )

    def after_treating(self, patients: int) -> Self:
        """Give what must be there once visits were made."""
        posts, dose_ug = patients * POSTS_PER_VISIT, patients * DOSE_UG
        return replace(
            self,
            events=self.events + posts,
            positions=self.positions + posts,
            entries=self.entries + posts * LEGS_PER_POST,
            stock_ug=self.stock_ug - dose_ug,
            given_ug=self.given_ug + dose_ug,
        )


def read_kept(connection: Any) -> Kept:
    """Count and sum a database through a bare connection."""
    answers = {
        name: int(connection.execute(question).fetchone()[0] or 0)
        for name, question in _QUESTIONS.items()
    }
    connection.rollback()
    return Kept(**answers)


def read_roots(connection: Any) -> list[tuple[str, bytes]]:
    """Read the root of each book's tree: equal roots mean equal journals."""
    query = "SELECT book_id, root FROM book_heads ORDER BY book_id"
    roots = [(row[0], bytes(row[1])) for row in connection.execute(query)]
    connection.rollback()
    return roots
