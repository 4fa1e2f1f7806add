"""Every address that writes, struck at every statement."""

from datetime import UTC, datetime
from random import Random

from inventory.db import Database
from inventory.kernel.clock import FrozenClock
from tests.application import application
from tests.clinic import open_clinic
from tests.faults.arena import Arena
from tests.faults.crash_points import BrokenPromiseError, sweep
from tests.faults.strikes import KINDS, Kind
from tests.faults.trial import Outcome, Scale

_MONDAY = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


def strike_everywhere(arena: Arena, scale: Scale, _chance: Random) -> Outcome:
    """Sweep each kind of fault over a clinic of its own."""
    strikes = 0
    kinds = [(engine, kind) for engine in KINDS for kind in KINDS[engine].values()]
    for engine, kind in kinds[: scale.kinds]:
        _, url = arena.database(engine)
        try:
            strikes += _sweep(arena, url, kind)
        except BrokenPromiseError as broken:
            return Outcome(faults=strikes, broken=f"{engine}: {broken}")
    return Outcome(faults=strikes)


def _sweep(arena: Arena, url: str, kind: Kind) -> int:
    database = Database(url)
    try:
        clinic = open_clinic(database, FrozenClock(_MONDAY))
        app = application(arena.folder(), database=database, clock=clinic.clock)
        return sum(sweep(app, clinic, kind).values())
    finally:
        database.dispose()
