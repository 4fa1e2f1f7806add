"""B12: a cold import of the whole service, against the packages it was given."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.bench.machine import ROOT, environment

PACKAGES: Final = "flask, sqlalchemy, alembic, reportlab, marshmallow"


class StartingDuel:
    """Two fresh interpreters, one after the other."""

    def __init__(self, data: Path) -> None:
        self._environment = environment(DATA_DIR=str(data))

    def prepare(self) -> None:
        """Nothing: every interpreter is a new one."""

    def ours(self) -> None:
        """Import the composition root, which imports everything."""
        self._run("import wsgi")

    def baseline(self) -> None:
        """Import the five packages that any such service would stand on."""
        self._run(f"import {PACKAGES}")

    def check(self) -> None:
        """Nothing: an import that fails ends its interpreter with an error."""

    def _run(self, program: str) -> None:
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=self._environment,
            check=True,
        )
