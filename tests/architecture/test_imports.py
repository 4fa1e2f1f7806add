"""The import contracts hold, and each of them catches what it forbids.

The violations are planted, one at a time, in a copy of the tree.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

_ROOT = Path(__file__).parents[2]
_LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"
_PACKAGES = ("inventory", "reports", "config")


class _Violation(NamedTuple):
    """A line in a file, and the words in which the linter refuses it."""

    path: str
    line: str
    refusal: str


_IMPORTS = {
    "a rule speaks SQL": _Violation(
        "inventory/waste/rules.py",
        "import sqlalchemy",
        "inventory.waste.rules -> sqlalchemy",
    ),
    "a feature imports its sibling": _Violation(
        "inventory/waste/commands.py",
        "import inventory.sessions.rules",
        "inventory.waste.commands -> inventory.sessions.rules",
    ),
    "the books know a report": _Violation(
        "inventory/app.py",
        "import reports",
        "inventory.app -> reports",
    ),
    "a feature opens the books": _Violation(
        "inventory/receiving/commands.py",
        "import inventory.models.books",
        "inventory.receiving.commands -> inventory.models.books",
    ),
    "a report opens the books": _Violation(
        "reports/layout.py",
        "import inventory.models.books",
        "reports.layout -> inventory.models.books",
    ),
    "a feature opens the journal": _Violation(
        "inventory/waste/queries.py",
        "import inventory.models.journal",
        "inventory.waste.queries -> inventory.models.journal",
    ),
    "a command speaks HTTP": _Violation(
        "inventory/waste/commands.py",
        "import flask",
        "inventory.waste.commands -> flask",
    ),
    "a job speaks through the web": _Violation(
        "inventory/jobs/planted.py",
        "import inventory.web",
        "inventory.jobs.planted -> inventory.web",
    ),
    "the kernel reads the configuration": _Violation(
        "inventory/kernel/clock.py",
        "import config",
        "inventory.kernel.clock -> config",
    ),
    "the ledger knows a feature": _Violation(
        "inventory/ledger/post.py",
        "import inventory.waste.rules",
        "inventory.ledger.post -> inventory.waste.rules",
    ),
    "an import hides in a function": _Violation(
        "inventory/waste/commands.py",
        "def hidden() -> None:\n    import inventory.sessions.rules",
        "inventory.waste.commands -> inventory.sessions.rules",
    ),
    "a folder has no place": _Violation(
        "inventory/helpers/__init__.py", "", "inventory.helpers"
    ),
    "the product imports its tests": _Violation(
        "inventory/cli/root.py", "import tests.people", "inventory.cli.root -> tests"
    ),
    "two modules import each other": _Violation(
        "inventory/kernel/errors.py",
        "import inventory.kernel.quantities",
        "It could be made acyclic",
    ),
}

_PURE = (
    "inventory/kernel/quantities.py",
    "inventory/ledger/accounts.py",
    "inventory/ledger/postings.py",
    "inventory/journal/canonical.py",
    "inventory/journal/tree.py",
    "inventory/sessions/rules.py",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree that a test may break."""
    shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    for package in _PACKAGES:
        for source in (_ROOT / package).rglob("*.py"):
            target = tmp_path / source.relative_to(_ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return tmp_path


def test_the_contracts_hold() -> None:
    code, answer = _lint(_ROOT)
    assert code == 0, answer


@pytest.mark.parametrize("violation", _IMPORTS.values(), ids=_IMPORTS)
def test_a_planted_import_is_refused(copy: Path, violation: _Violation) -> None:
    _plant(copy / violation.path, violation.line)
    code, answer = _lint(copy)
    assert code == 1
    assert violation.refusal in answer


@pytest.mark.parametrize("path", _PURE)
def test_a_pure_file_stays_pure(copy: Path, path: str) -> None:
    _plant(copy / path, "import sqlalchemy")
    module = path.removesuffix(".py").replace("/", ".")
    assert f"{module} -> sqlalchemy" in _lint(copy)[1]


def _plant(path: Path, line: str) -> None:
    """Append a line to a file, which may be new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def _lint(root: Path) -> tuple[int, str]:
    answer = subprocess.run(
        [sys.executable, _LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=root,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr
