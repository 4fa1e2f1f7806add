"""A PostgreSQL server that is killed like a machine's power, and comes back."""

import os
from random import Random
from signal import SIGKILL, SIGSTOP
from subprocess import Popen

from psycopg import sql

from tests.faults.processes import children_of, kill
from tests.postgres import PostgresServer


class CrashingServer(PostgresServer):
    """A durable server whose processes die at any moment."""

    def __init__(self) -> None:
        super().__init__(durable=True)

    def crash(self) -> None:
        """Kill every process of the server at once, and start it again.

        What it had in memory alone is gone; it recovers from what was on disk.
        """
        os.kill(self.pid, SIGSTOP)  # nothing is born while the family is counted
        family = children_of(self.pid)
        os.kill(self.pid, SIGKILL)
        kill(family)
        self._server.wait()
        guard = self._guard
        self._server = self._launch({})
        self._guard = self._launch_guard()
        _dismiss(guard)
        self._wait_until_ready()

    def crash_one(self, chance: Random) -> None:
        """Kill one process of the server, which then ends all others and recovers."""
        kill([chance.choice(children_of(self.pid))])
        self._wait_until_ready()

    def forget_to_sync(self, database: str) -> None:
        """Let a database acknowledge commits before they are on disk, from now on."""
        forget = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
        self._execute(forget.format(sql.Identifier(database)))
        connected = sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
        )
        self._execute(connected.format(sql.Literal(database)))


def _dismiss(guard: Popen[bytes]) -> None:
    """End the guard of the server that was: it would remove the files."""
    os.killpg(guard.pid, SIGKILL)
    guard.wait()
    assert guard.stdin is not None, "a guard listens"
    guard.stdin.close()
