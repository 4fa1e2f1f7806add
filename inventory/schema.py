"""The schema's version: where the database stands and where the code wants it."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_PROJECT: Final = Path(__file__).resolve().parents[1]


def migrations(url: str) -> Config:
    """Give alembic's configuration for a database."""
    config = Config(toml_file=_PROJECT / "pyproject.toml")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(migrations(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision; only for tests and for the day it matters."""
    command.downgrade(migrations(url), revision)


def head_revision() -> str:
    """Give the revision that this code needs."""
    head = ScriptDirectory.from_config(migrations("")).get_current_head()
    assert head is not None, "there is at least one migration"
    return head


def current_revision(engine: Engine) -> str | None:
    """Give the revision a database stands at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
