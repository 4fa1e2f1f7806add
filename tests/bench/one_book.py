"""B3: eight clients post into one book, against the bare lock of its head."""

from collections.abc import Sequence
from typing import Final

from inventory.db import Database
from tests.bench.clients import Clients, connection_at, database_at
from tests.bench.databases import POSTGRESQL, Databases, connect
from tests.bench.evidence import read_kept
from tests.bench.measure import require_same
from tests.bench.sites import open_sites
from tests.bench.ward import POSTS_PER_VISIT, Visit, stock_ward, treat

CLIENTS: Final = 8

_LOCK: Final = "SELECT size FROM book_heads WHERE book_id = %s FOR UPDATE"
_MOVE: Final = "UPDATE book_heads SET size = %s WHERE book_id = %s"


class OneBookDuel:
    """Handlers of eight clients; then eight loops that lock, move, commit."""

    def __init__(self, databases: Databases, clients: Clients, *, posts: int) -> None:
        self._posts = posts
        self._clients = clients
        self._url = databases.migrated(POSTGRESQL)
        self._database = Database(self._url)
        self._ward = stock_ward(*open_sites(self._database, books=1))
        self._database.dispose()  # only what nobody has open can be copied
        self._copy_url = databases.copy(self._url)
        self._ours, self._bare = connect(self._url), connect(self._copy_url)
        self._expected = read_kept(self._ours)
        self._expected_size = self._expected.positions
        self._visits: list[Visit] = []

    def prepare(self) -> None:
        """Open the sessions of the round."""
        patients = self._posts // POSTS_PER_VISIT
        self._visits = self._ward.admit(patients)
        self._expected = self._expected.after_admitting(patients)

    def ours(self) -> None:
        """Draw and give, each client for its own patients."""
        shares = [self._visits[number::CLIENTS] for number in range(CLIENTS)]
        self._clients.run(treat_at, self._url, shares)

    def baseline(self) -> None:
        """Take the head as often, and do nothing else."""
        book_id = self._ward.site.registration_id
        times = self._posts // CLIENTS
        shares = [(client, times, book_id) for client in range(CLIENTS)]
        self._clients.run(move_head_at, self._copy_url, shares)

    def check(self) -> None:
        """Compare both sides with arithmetic."""
        self._expected = self._expected.after_treating(len(self._visits))
        require_same("kept by the handlers", read_kept(self._ours), self._expected)
        self._expected_size += self._posts
        size = read_kept(self._bare).positions
        require_same("size of the bare head", size, self._expected_size)

    def close(self) -> None:
        """Let go of both databases."""
        self._ours.close()
        self._bare.close()
        self._database.dispose()


def treat_at(url: str, visits: Sequence[Visit]) -> None:
    """Make visits from a client's own process."""
    treat(database_at(url), visits)


def move_head_at(url: str, share: tuple[int, int, str]) -> None:
    """Lock a head, move it and commit, some times over."""
    client, times, book_id = share
    connection = connection_at(url, client)
    for _ in range(times):
        size = connection.execute(_LOCK, (book_id,)).fetchone()[0]
        connection.execute(_MOVE, (size + 1, book_id))
        connection.commit()
