"""What a command works on: settings read when first needed, the books, the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import click

from config.settings import Settings, SettingsError, load_settings
from inventory import schema
from inventory.credentials.identify import Identifier
from inventory.credentials.passwords import Passwords, strong_passwords
from inventory.credentials.sealing import Sealing
from inventory.db import Database
from inventory.evidence import keys
from inventory.evidence.keys import LogKeys
from inventory.evidence.proving import Prover
from inventory.evidence.restart import WritePermit
from inventory.evidence.witnesses.addresses import WitnessAddressError, make_witnesses
from inventory.evidence.witnesses.witness import Witness
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
        witnesses, log_keys = self.witnesses, self.log_keys
        database = Database(self.settings.database_url)
        stands_at = schema.current_revision(database.engine)
        if stands_at != schema.head_revision():
            database.dispose()
            raise click.ClickException(
                f"The database stands at revision {stands_at or 'none'}, this version "
                f"needs {schema.head_revision()}. Run: countersign db upgrade"
            )
        permit = WritePermit(
            database, witnesses=witnesses, keys=log_keys, clock=self.clock
        )
        database.guard_writing(permit)
        return database

    @cached_property
    def witnesses(self) -> list[Witness]:
        """Who holds the checkpoints of these books."""
        try:
            return make_witnesses(
                self.settings.witnesses,
                mail_relay=self.settings.mail_relay,
                clock=self.clock,
            )
        except WitnessAddressError as error:
            raise click.ClickException(str(error)) from error

    @cached_property
    def log_keys(self) -> LogKeys:
        """The keys that sign checkpoints; the first one is made if need be."""
        try:
            return keys.load(self.settings)
        except keys.LogKeyError as error:
            raise click.ClickException(str(error)) from error

    @property
    def prover(self) -> Prover:
        """What proves entries of the books."""
        return Prover(self.database, self.log_keys, self.clock)

    @cached_property
    def passwords(self) -> Passwords:
        """The hasher for passwords."""
        return strong_passwords()

    @property
    def identifier(self) -> Identifier:
        """What tells who somebody is; never call it inside a transaction."""
        sealing = Sealing(self.settings.secret_key)
        return Identifier(self.database, self.passwords, sealing, self.clock)

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
