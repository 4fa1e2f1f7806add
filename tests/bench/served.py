"""The service as it is deployed: gunicorn on a port of this machine."""

import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from tests.bench.machine import ROOT, environment

HOST: Final = "127.0.0.1"
READY_WITHIN_SECONDS: Final = 20


class Served:
    """A running service over a database, until `stop()`."""

    def __init__(self, database_url: str, *, data: Path) -> None:
        """Start the service and wait until it answers.

        Raises:
            RuntimeError: it ended, or is not there in time; the reason is on stderr.
        """
        self._port = _free_port()
        gunicorn = [sys.executable, "-m", "gunicorn"]
        self._process = subprocess.Popen(
            [*gunicorn, "-c", "python:config.gunicorn", "wsgi:app"],
            cwd=ROOT,
            env=environment(
                DATABASE_URL=database_url,
                DATA_DIR=str(data),
                # The private server's superuser is not who may serve real books.
                DEMO="true",
                HOST=HOST,
                LOG_LEVEL="error",
                PORT=str(self._port),
            ),
        )
        self._wait_until_ready()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{HOST}:{self._port}"

    def stop(self) -> None:
        """End the service and wait for its end."""
        self._process.terminate()
        self._process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("the service did not start")

    def _answers(self) -> bool:
        connection = HTTPConnection(self.address, timeout=1)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
