"""A configuration that is not safe never serves: each is refused, and says why."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from flask.helpers import get_debug_flag
from sqlalchemy import text

import wsgi
from config.settings import PREFIX, SettingsError, load_settings
from inventory import schema
from inventory.db import Database
from inventory.guard.safety import SafetyCode, UnsafeDatabaseError, require_safe
from inventory.kernel.clock import FrozenClock

# What is set beside settings that are safe, and the words by which it is refused.
_UNSAFE: Final = {
    "debugging": ("FLASK_DEBUG", "1", "FLASK_DEBUG: Debugging is never on"),
    "debugging by another word": ("FLASK_DEBUG", "yes", "FLASK_DEBUG: Debugging is"),
    "a key of one letter": ("SECRET_KEY", "k" * 64, "SECRET_KEY: Use at least 32"),
    "a key of an example": ("SECRET_KEY", "change-me" * 4, "SECRET_KEY: Use at least"),
    "a short key": ("SECRET_KEY", "9f86d081884c", "SECRET_KEY: Use at least 32"),
    "a setting misspelt": ("DEMOO", "false", "DEMOO: There is no such setting"),
    "any number of proxies": ("PROXIES", "99", "PROXIES: Use a whole number"),
    "another engine": ("DATABASE_URL", "sqlite://", "DATABASE_URL: Use sqlite:///"),
    "a provider over http": ("OIDC_ISSUER", "http://login.example", "OIDC_ISSUER: Use"),
    "a witness over ftp": ("WITNESSES", "ftp://b.example/w", "WITNESSES: Use dir:"),
}
_TAMPERED: Final = {
    "a guard that is gone": (
        "DROP TRIGGER events_refuse_delete",
        "events_refuse_delet",
    ),
    "an older schema": (
        "UPDATE alembic_version SET version_num = '0001'",
        "countersign db upgrade",
    ),
    "a newer schema": (
        "UPDATE alembic_version SET version_num = '9999'",
        "Start the newer version again",
    ),
}


@pytest.fixture(autouse=True)
def _safe_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_template: Path
) -> None:
    for name in list(os.environ):
        if name.startswith((PREFIX, "FLASK_")):
            monkeypatch.delenv(name)
    shutil.copy(sqlite_template, tmp_path / "books.db")
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(tmp_path))


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Database]:
    """The books that the settings name."""
    database = Database(f"sqlite:///{tmp_path / 'books.db'}")
    yield database
    database.dispose()


def test_settings_that_are_safe_give_an_application() -> None:
    app = wsgi.create_app(load_settings())
    assert not app.debug
    assert not app.testing
    assert not get_debug_flag()


@pytest.mark.parametrize(("name", "value", "said"), _UNSAFE.values(), ids=_UNSAFE)
def test_an_unsafe_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    full = name if name.startswith("FLASK_") else f"{PREFIX}{name}"
    monkeypatch.setenv(full, value)
    with pytest.raises(SettingsError, match=said):
        wsgi.create_app()


@pytest.mark.parametrize(("statement", "said"), _TAMPERED.values(), ids=_TAMPERED)
def test_unsafe_books_are_refused(books: Database, statement: str, said: str) -> None:
    """The other ways in which a database is unsafe: tests/guard/test_safety.py."""
    with books.transaction() as db:
        db.execute(text(statement))
    with pytest.raises(UnsafeDatabaseError, match=said):
        wsgi.create_app()


@pytest.mark.parametrize("demonstration", [False, True])
def test_a_clock_that_cannot_be_right_is_refused(
    books: Database, *, demonstration: bool
) -> None:
    assert schema.current_revision(books.engine) == schema.head_revision()
    behind = FrozenClock(datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    with pytest.raises(UnsafeDatabaseError, match="clock") as refused:
        require_safe(books, demonstration=demonstration, clock=behind)
    assert [one.code for one in refused.value.problems] == [SafetyCode.CLOCK_BEHIND]
