"""The real service in a process of its own, asked in bytes and read by its log."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[2]
READY_WITHIN_SECONDS: Final = 60
ANSWER_WITHIN_SECONDS: Final = 10

_HOST: Final = "127.0.0.1"
_ALIVE: Final = b"GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n"


class Served:
    """`countersign serve` over books that are named; use it as a context manager."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Start it.

        Args:
            folder: for its data and its log.
            settings: further ones, by their names in small letters.
        """
        self.port = _free_port()
        self._log = folder / "service.log"
        options = ["--port", str(self.port), "--data", str(folder / "data")]
        settings.setdefault("database_url", f"sqlite:///{folder / 'named.db'}")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "wsgi.py"), "serve", *options],
                cwd=folder,
                env=_bare_environment() | _variables(settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=30)

    @property
    def log(self) -> bytes:
        """Everything that was written so far, byte for byte."""
        return self._log.read_bytes()

    def say(self, request: bytes) -> bytes:
        """Send bytes as they are; give all that comes back until the line is closed."""
        address = (_HOST, self.port)
        with socket.create_connection(address, ANSWER_WITHIN_SECONDS) as line:
            line.sendall(request)
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(ConnectionRefusedError):
                if b" 200 OK" in self.say(_ALIVE):
                    return
            time.sleep(0.1)
        self._process.kill()
        self._process.wait()
        raise AssertionError(f"the service did not start:\n{self.log.decode()}")


def _bare_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COUNTERSIGN_")
    }


def _variables(settings: dict[str, str]) -> dict[str, str]:
    return {f"COUNTERSIGN_{name.upper()}": value for name, value in settings.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
