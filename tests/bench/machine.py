"""Where the figures come from: they mean nothing without their machine."""

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from config.settings import PREFIX
from tests.bench.databases import Databases

ROOT: Final = Path(__file__).resolve().parents[2]


def facts(databases: Databases) -> dict[str, Any]:
    """Describe the machine, the versions and the code that was measured."""
    changes = git_output("status", "--porcelain")
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "engines": databases.versions(),
        "commit": git_output("rev-parse", "HEAD"),
        "uncommitted_changes": None if changes is None else bool(changes),
    }


def environment(**settings: str) -> dict[str, str]:
    """Give an environment in which the service has these settings and no others."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIX)
    }
    return inherited | {PREFIX + name: value for name, value in settings.items()}


def git_output(*arguments: str) -> str | None:
    """Ask git; None where there is no git or no repository."""
    program = shutil.which("git")
    if program is None:
        return None
    answer = subprocess.run(
        [program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() if answer.returncode == 0 else None
