"""What the application was built with, within reach of every request."""

from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app

from inventory.credentials.identify import Identifier
from inventory.credentials.passwords import Passwords
from inventory.credentials.sealing import Sealing
from inventory.db import Database
from inventory.evidence.keys import LogKeys
from inventory.evidence.proving import Prover
from inventory.kernel.clock import Clock

_EXTENSION: Final = "countersign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The outside world of a request: books, time, the keys, the cost of a password."""

    database: Database
    clock: Clock
    passwords: Passwords
    sealing: Sealing
    log_keys: LogKeys

    @property
    def identifier(self) -> Identifier:
        """What tells who somebody is; never call it inside a transaction."""
        return Identifier(self.database, self.passwords, self.sealing, self.clock)

    @property
    def prover(self) -> Prover:
        """What proves entries of the books."""
        return Prover(self.database, self.log_keys, self.clock)


def install(app: Flask, services: Services) -> None:
    """Give the application its services."""
    app.extensions[_EXTENSION] = services


def current_services() -> Services:
    """Give the services of the application that answers this request."""
    return cast("Services", current_app.extensions[_EXTENSION])
