"""One command: it migrates, makes the demonstration, serves, and prints the way in."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 90


class Service:
    """The real service in a process of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = folder / "service.log"
        self.environment = dict(os.environ)
        if database_url.startswith("postgresql"):
            # Named books get a demonstration only if asked for; and the tests'
            # PostgreSQL does not wait for the disk.
            named = {"DATABASE_URL": database_url, "DEMO": "true"}
            for name, value in named.items():
                self.environment[f"COUNTERSIGN_{name}"] = value
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(ROOT / "wsgi.py"), "serve"]
        options = ["--port", str(self.port), "--data", str(self.folder / "data")]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def get(self, path: str, *, token: str = "") -> tuple[int, bytes]:
        request = Request(self.address + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.get("/health/ready")[0] == 200:
                    return
            except URLError:
                time.sleep(0.2)
        self.process.kill()
        raise AssertionError(f"the service did not start:\n{self.printed}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def service(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """The service over empty books."""
    running = Service(tmp_path, database_url)
    yield running
    running.stop()


def test_one_command_serves_a_report_with_the_planted_shortage(
    service: Service,
) -> None:
    printed = service.printed
    assert f"Countersign is at {service.address}/" in printed
    [site, reconciliation] = re.findall(r"((?:reg|rec)_[0-9A-Z]{26})", printed)
    [token] = re.findall(r"olga\s+(cst_\S+)", printed)
    path = f"/api/v1/registrations/{site}/reconciliations/{reconciliation}/report.pdf"
    assert service.get(path)[0] == 401

    status, pdf = service.get(path, token=token)
    assert status == 200
    text = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    assert "SHORT: 1 container missing" in text
    assert "-1 container, -10 mL, -500 mg" in text

    status, document = service.get("/api/v1/openapi.json")
    assert (status, json.loads(document)["openapi"]) == (200, "3.1.0")
    status, page = service.get("/sign-in")
    assert (status, b"Sign in" in page) == (200, True)

    way_in = re.findall(r"cst_\S+", printed)
    service.stop()
    service.start()
    assert re.findall(r"cst_\S+", service.printed) == way_in
    assert "Making three months" not in service.printed
    assert service.get(path, token=token) == (200, pdf), (
        "the same books, the same bytes"
    )


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, str(ROOT / "wsgi.py"), "serve", "--empty"]
        options = ["--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]
        refused = subprocess.run(
            [*command, *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert refused.returncode == 1
    assert "--port" in refused.stderr
