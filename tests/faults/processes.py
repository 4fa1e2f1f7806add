"""Processes to be killed: children of a process that we started, and no others."""

import os
import shutil
import subprocess
from collections.abc import Collection
from contextlib import suppress
from signal import SIGKILL
from threading import Event
from time import monotonic
from typing import Final

_GONE_WITHIN_SECONDS: Final = 10
_LOOK_AGAIN_AFTER_SECONDS: Final = 0.01
_LOOK_AGAIN: Final = Event()  # never set


def children_of(parent: int) -> list[int]:
    """List the living processes whose parent a process is."""
    return [process for process, of in _living().items() if of == parent]


def kill(processes: Collection[int]) -> None:
    """Kill processes without a chance to clean up, and wait until they are dead.

    Raises:
        RuntimeError: one of them would not die.
    """
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, SIGKILL)
    deadline = monotonic() + _GONE_WITHIN_SECONDS
    while _living().keys() & set(processes):
        if monotonic() > deadline:
            raise RuntimeError(f"killed, but alive: {processes}")
        _LOOK_AGAIN.wait(_LOOK_AGAIN_AFTER_SECONDS)


def _living() -> dict[int, int]:
    """Give each process of this machine with its parent, without the dead.

    The dead stay listed until their parent takes note, which may take a while.
    """
    program = shutil.which("ps")
    if program is None:
        raise RuntimeError("`ps` is missing: install procps.")
    columns = ["-o", "pid=", "-o", "ppid=", "-o", "stat="]
    listing = subprocess.run(
        [program, "-A", *columns], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listing.stdout.splitlines()]
    return {int(row[0]): int(row[1]) for row in rows if not row[2].startswith("Z")}
