"""Where trials take place: one durable server that may crash, and fresh books."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Final, Self

from inventory import schema
from tests.faults.crashing import CrashingServer
from tests.faults.stand import Stand

_TEMPLATE: Final = "faults_template"


class Arena:
    """Makes stands and databases; all are gone when it is closed."""

    def __init__(self) -> None:
        self._resources = ExitStack()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @cached_property
    def server(self) -> CrashingServer:
        """The server, with a migrated template."""
        server = self._resources.enter_context(CrashingServer())
        schema.upgrade(server.create_database(_TEMPLATE))
        return server

    def folder(self) -> Path:
        """Make a new folder."""
        folder = tempfile.TemporaryDirectory(prefix="countersign-faults-")
        return Path(self._resources.enter_context(folder))

    def database(self, engine: str = "postgresql") -> tuple[str, str]:
        """Make a migrated database without rows; gives its name and address."""
        name = f"faults_{next(self._numbers)}"
        if engine == "postgresql":
            return name, self.server.create_database(name, template=_TEMPLATE)
        url = f"sqlite:///{self.folder() / name}"
        schema.upgrade(url)
        return name, url

    @contextmanager
    def stand(self) -> Iterator[tuple[str, Stand]]:
        """Make a stand; gives the name of its database too."""
        name, url = self.database()
        with closing(Stand(url, data=self.folder())) as stand:
            yield name, stand
