"""B1, B5: posts through the handlers, against their own statements by the driver."""

from inventory.db import Database
from tests.bench.databases import Databases, connect
from tests.bench.evidence import read_kept, read_roots
from tests.bench.measure import require_same
from tests.bench.sites import open_sites
from tests.bench.tape import Recorder, play
from tests.bench.ward import POSTS_PER_VISIT, Visit, stock_ward, treat


class PostingDuel:
    """One client posts; then a bare connection says the same to a copy."""

    def __init__(self, databases: Databases, engine: str, *, posts: int) -> None:
        self._patients = posts // POSTS_PER_VISIT
        url = databases.migrated(engine)
        self.database = Database(url)
        self._ward = stock_ward(*open_sites(self.database, books=1))
        self.database.dispose()  # only what nobody has open can be copied
        self.bare = connect(databases.copy(url))
        self._witness = connect(url)
        self.recorder = Recorder(self.database)
        self._expected = read_kept(self._witness)
        self.visits: list[Visit] = []

    def prepare(self) -> None:
        """Open the sessions of the round, on both sides."""
        self.visits = self._ward.admit(self._patients)
        play(self.bare, self.recorder.take())
        self._expected = self._expected.after_admitting(self._patients)

    def ours(self) -> None:
        """Draw and give through the handlers."""
        treat(self.database, self.visits)

    def baseline(self) -> None:
        """Send what the handlers sent."""
        play(self.bare, self.recorder.take())

    def check(self) -> None:
        """Compare our side with arithmetic, and the copy with our side."""
        self._expected = self._expected.after_treating(self._patients)
        require_same("kept by the handlers", read_kept(self._witness), self._expected)
        require_same("kept by the driver", read_kept(self.bare), self._expected)
        ours, theirs = read_roots(self._witness), read_roots(self.bare)
        require_same("roots of the driver's books", theirs, ours)

    def close(self) -> None:
        """Let go of both databases."""
        self._witness.close()
        self.bare.close()
        self.database.dispose()
