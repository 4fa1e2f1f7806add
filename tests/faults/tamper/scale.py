"""A journal as long as years of a busy clinic: how long does its verification take?"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.evidence.keys import LogKeys, origin
from inventory.journal import tree, verifier
from inventory.journal.notes import Checkpoint, sign
from inventory.journal.verifier import ENTRY, JOURNAL

_BOOK: Final = "reg_0123456789ABCDEFGHJKMNPQRS"
# ru_maxrss would count what the parent held when it forked; the kernel's own high mark
# of the process does not.
_PROGRAM: Final = """
import pathlib, runpy, sys
del sys.argv[0]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    status = pathlib.Path("/proc/self/status").read_text().splitlines()
    sys.stderr.write(next(line for line in status if line.startswith("VmHWM")))
"""
_PERSON: Final = {"id": "per_0123456789ABCDEFGHJKMNPQRS", "initials": "PO", "name": "P"}
_WITNESS: Final = {
    "digest": "a" * 64,
    "factors": ["password"],
    "id": "per_1123456789ABCDEFGHJKMNPQRS",
    "initials": "CM",
    "name": "Cleo Marsh",
    "proven_at": "2026-08-24T14:00:00.000000Z",
}
_LABEL: Final = {
    "expires_on": "2028-08-28",
    "form": "solution",
    "lot": "KET260824",
    "name": "Ketamine 50 mg/mL, 10 mL vial (Mylan)",
    "ndc": "67457-001-00",
    "ug_per_unit": 50_000,
}
_VIAL_UG: Final = 500_000
_DRAWN_UG: Final = 50_000
_GIVEN_UG: Final = 45_000
# A session is five entries that move something or not; a vial is received for ten.
_SESSIONS_OF_A_VIAL: Final = _VIAL_UG // _DRAWN_UG


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of the stand-alone verifier."""

    entries: int
    bytes: int
    answer: str
    seconds: float
    cpu_seconds: float
    peak_mib: int


def measure(folder: Path, entries: int) -> Measured:
    """Write a journal of so many entries and verify it in a process of its own."""
    keys = LogKeys(Ed25519PrivateKey.generate())
    journal, policy = folder / "scale.journal", folder / "scale.policy"
    _write(journal, entries, keys)
    log = keys.signer(_BOOK).verifier
    policy.write_text(f"log {origin(_BOOK)} {log}\nquorum 0\n")
    asked = [verifier.__file__, str(journal), "--policy", str(policy)]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, *asked],
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = journal.stat().st_size
    journal.unlink()
    return Measured(
        entries=entries,
        bytes=size,
        answer=answer.stdout.splitlines()[0],
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        peak_mib=int(answer.stderr.split()[-2]) // 1024,
    )


def _write(path: Path, entries: int, keys: LogKeys) -> None:
    """Write the entries first, to know the root that the first line must bring."""
    lines = path.with_suffix(".lines")
    frontier: tuple[bytes, ...] = ()
    with lines.open("wb") as file:
        for size, body in enumerate(_bodies(entries)):
            frontier = tree.append(size, frontier, tree.leaf_hash(body))
            file.write(body + b"\n")
    checkpoint = Checkpoint(origin(_BOOK), entries, tree.root_of_frontier(frontier))
    header = {
        "after": 0,
        "book": _BOOK,
        "checkpoints": [sign(str(checkpoint), keys.signer(_BOOK))],
        "format": JOURNAL,
        "frontier": [],
        "until": entries,
        "whole": True,
    }
    with path.open("wb") as file, lines.open("rb") as source:
        file.write(json.dumps(header).encode() + b"\n")
        while block := source.read(1 << 20):
            file.write(block)
    lines.unlink()


def _bodies(entries: int) -> Iterator[bytes]:
    told = _story()
    for position in range(1, entries + 1):
        tag, subject, legs, witness = next(told)
        entry = {
            "actor": _PERSON,
            "book": _BOOK,
            "data": {"patient_ref": "PT-2026-0008", "product": _LABEL, "route": "iv"},
            "id": f"evt_{position:026}",
            "legs": legs,
            "occurred_at": "2026-08-24T13:59:00.000000Z",
            "position": position,
            "recorded_at": f"2026-08-24T14:00:00.{position:09}Z",
            "subject": subject,
            "tag": tag,
            "texts": {},
            "version": ENTRY,
            "witness": witness,
        }
        yield json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()


def _story() -> Iterator[tuple[str, str, list[dict[str, Any]], Any]]:
    """Tell of vials that are received and given to patients, without an end."""
    session = vial = 0
    while True:
        vial += 1
        container, stock = f"ctr_{vial:026}", _Account("stock", "loc_" + "0" * 26)
        received = _Account("supplier", f"rcp_{vial:026}")
        legs = [stock.leg(container, _VIAL_UG), received.leg(container, -_VIAL_UG)]
        yield "receipt:recorded", received.holder, legs, None
        for _ in range(_SESSIONS_OF_A_VIAL):
            session += 1
            holder = f"ses_{session:026}"
            drawn = _Account("drawn", holder)
            given, wasted = _Account("administered", holder), _Account("wasted", holder)
            yield "session:opened", holder, [], None
            for tag, out_of, into, amount_ug in (
                ("session:drawn", stock, drawn, _DRAWN_UG),
                ("session:administered", drawn, given, _GIVEN_UG),
                ("waste:recorded", drawn, wasted, _DRAWN_UG - _GIVEN_UG),
            ):
                moved = [
                    out_of.leg(container, -amount_ug),
                    into.leg(container, amount_ug),
                ]
                witness = _WITNESS if tag == "waste:recorded" else None
                yield tag, holder, moved, witness
            yield "session:closed", holder, [], None


class _Account:
    """An account that counts along, if it is of a kind that can run out."""

    def __init__(self, kind: str, holder: str) -> None:
        self.holder, self._name = holder, f"{kind}:{holder}"
        self._balance_ug: int | None = 0 if kind in ("stock", "drawn") else None
        self._version = 0

    def leg(self, container: str, amount_ug: int) -> dict[str, Any]:
        previous_ug = self._balance_ug
        balance_ug = None if previous_ug is None else previous_ug + amount_ug
        self._balance_ug = balance_ug
        self._version += 1
        return {
            "account": self._name,
            "amount_ug": amount_ug,
            "balance_ug": balance_ug,
            "container": container,
            "previous_ug": previous_ug,
            "version": None if previous_ug is None else self._version,
        }
