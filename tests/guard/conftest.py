"""Databases as they stand in a real installation: provisioned, with signed-in roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from inventory.guard.provision import provision
from inventory.guard.roles import DatabaseRole
from tests.postgres import PostgresServer

PROVISIONED = "countersign_provisioned"
_numbers = count(1)


class Installation:
    """Provisioned databases on one server."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        provision(server.create_database(PROVISIONED))

    @contextmanager
    def database(self, *, template: str = PROVISIONED) -> Iterator[str]:
        """Clone a database for a while; gives its name.

        Rights on a database are not cloned with it: they are provisioned again.
        """
        name = f"guarded_{next(_numbers)}"
        provision(self.server.create_database(name, template=template))
        yield name
        self.server.drop_database(name)

    def url(self, name: str, role: DatabaseRole) -> str:
        """Give the address of a database for a role."""
        return self.server.url(name, user=role)


@contextmanager
def plain_engine(url: str) -> Iterator[Engine]:
    """Connect without any option of ours, each statement its own transaction."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def installation(postgres: PostgresServer) -> Installation:
    """The provisioned server of this test process."""
    return Installation(postgres)


@pytest.fixture
def guarded(installation: Installation) -> Iterator[str]:
    """The name of a fresh, provisioned, empty database."""
    with installation.database() as name:
        yield name


@pytest.fixture
def app_url(installation: Installation, guarded: str) -> str:
    """Where the service itself signs in."""
    return installation.url(guarded, DatabaseRole.APP)
