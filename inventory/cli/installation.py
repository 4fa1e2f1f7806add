"""What a command works on: settings read when first needed, the books, the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import click

from config.settings import Settings, SettingsError, load_settings
from inventory import schema
from inventory.credentials.passwords import Passwords, strong_passwords
from inventory.db import Database
from inventory.kernel.clock import Clock, SystemClock
from inventory.kernel.errors import InventoryError


class Installation:
    """This installation, as click's context object.

    Settings are read by the first command that needs them, so that `--help` works in
    any environment.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment."""
        try:
            return load_settings()
        except SettingsError as error:
            raise click.ClickException(str(error)) from error

    @cached_property
    def database(self) -> Database:
        """The books, whose schema must be the one this code needs."""
        database = Database(self.settings.database_url)
        stands_at = schema.current_revision(database.engine)
        if stands_at != schema.head_revision():
            database.dispose()
            raise click.ClickException(
                f"The database stands at revision {stands_at or 'none'}, this version "
                f"needs {schema.head_revision()}. Run: countersign db upgrade"
            )
        return database

    @cached_property
    def passwords(self) -> Passwords:
        """The hasher for passwords."""
        return strong_passwords()

    def close(self) -> None:
        """Let go of the database, if a command opened it."""
        if "database" in self.__dict__:
            self.database.dispose()


@contextmanager
def refusals_are_sentences() -> Iterator[None]:
    """Print a refusal as one sentence with its code, and exit with 1."""
    try:
        yield
    except InventoryError as refusal:
        field = f"{refusal.field}: " if refusal.field else ""
        raise click.ClickException(
            f"{field}{refusal.message} ({refusal.code})"
        ) from refusal
