"""The application served on loopback, and a real browser to look at it."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.application import application
from tests.clinic import Clinic

# As root, and without asking addresses outside.
_OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A refused form is no error of the page.
_REFUSED = re.compile(r"status of (401|409|422|429)\b")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all pages."""
    program = which("chromium")
    assert program, "install Debian's chromium, as .ci/run does"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(_OPTIONS)
        )
        yield browser
        browser.close()


@pytest.fixture
def address(clinic: Clinic, tmp_path: Path) -> Iterator[str]:
    """Where the clinic's application is served."""
    app = application(tmp_path, database=clinic.database, clock=clinic.clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"  # passkeys want a name
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page that fails its test on any error in the console, also of the CSP."""
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    errors: list[str] = []
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and not _REFUSED.search(message.text)
            else None
        ),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
