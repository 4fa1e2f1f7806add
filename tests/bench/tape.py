"""What the handlers say to the database, recorded, and said again by the bare driver.

The baseline of a posting is not somebody's idea of the same work: it is the very
statements that the handlers sent, with the same parameters, without everything above
the driver. Played to a copy of the books as they were before, a tape makes the same
rows, down to the root of the tree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from inventory.db import Database


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of the driver; `many` means one statement for many sets of values."""

    sql: str
    parameters: Any
    many: bool


Transaction = list[Statement]


class Recorder:
    """Notes every statement of the transactions that an engine commits."""

    def __init__(self, database: Database) -> None:
        self._open: Transaction = []
        self._tape: list[Transaction] = []
        self._listen(database.engine)

    def take(self) -> list[Transaction]:
        """Give what was committed since the last call."""
        tape, self._tape = self._tape, []
        return tape

    def _listen(self, engine: Engine) -> None:
        event.listen(engine, "do_execute", self._on_execute)
        event.listen(engine, "do_executemany", self._on_executemany)
        event.listen(engine, "commit", self._on_commit)
        event.listen(engine, "rollback", self._on_rollback)

    def _on_execute(self, _cursor: Any, sql: str, values: Any, _context: Any) -> None:
        self._open.append(Statement(sql, values, many=False))

    def _on_executemany(
        self, _cursor: Any, sql: str, values: Any, _context: Any
    ) -> None:
        self._open.append(Statement(sql, values, many=True))

    def _on_commit(self, _connection: Any) -> None:
        self._tape.append(self._open)
        self._open = []

    def _on_rollback(self, _connection: Any) -> None:
        self._open = []


def play(connection: Any, tape: Iterable[Transaction]) -> None:
    """Send recorded transactions through a bare connection, and read every answer."""
    for transaction in tape:
        cursor = connection.cursor()
        for statement in transaction:
            send = cursor.executemany if statement.many else cursor.execute
            send(statement.sql, statement.parameters)
            if cursor.description:
                cursor.fetchall()
        connection.commit()
