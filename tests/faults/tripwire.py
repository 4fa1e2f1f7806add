"""Counts what an engine is asked, and strikes at one point of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from tests.faults.strikes import Kind

_EXECUTIONS = ("do_execute", "do_executemany", "do_execute_no_params")


class Tripwire:
    """Stands before each statement, and before and after each COMMIT.

    Attributes:
        struck: whether the armed point was reached.
    """

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._armed_at = 0
        self._passed = 0
        self.struck = False

    @contextmanager
    def across(self, engine: Engine) -> Iterator[None]:
        """Stretch it across an engine for a while."""
        listeners: list[tuple[str, Callable[..., None]]] = [
            *((name, self._before_statement) for name in _EXECUTIONS),
            ("commit", self._around_commit),
        ]
        for name, listener in listeners:
            event.listen(engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(engine, name, listener)

    def arm(self, point: int) -> None:
        """Strike at a point, counted from 1; 0 is never reached."""
        self._armed_at, self._passed, self.struck = point, 0, False

    def _before_statement(self, cursor: Any, *_: Any) -> None:
        if self._reached():
            self._kind.strike(cursor.connection)

    def _around_commit(self, connection: Connection) -> None:
        if not self._kind.ends_connections:
            return
        driver = connection.connection.driver_connection
        assert driver is not None, "what commits is connected"
        if self._reached():
            self._kind.strike(driver)
        elif self._reached():
            driver.commit()
            try:
                self._kind.strike(driver)
            finally:
                driver.close()  # the answer to COMMIT never arrives

    def _reached(self) -> bool:
        self._passed += 1
        if self._passed != self._armed_at:
            return False
        self.struck = True
        return True
