"""Records that nobody altered: does the verifier ever raise an alarm?"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from inventory.journal.verifier import OK, Evidence, Policy
from tests.faults.tamper.sites import Site

SEED: Final = 1301


def alarms(site: Site, folder: Path, how_many: int) -> Iterator[str]:
    """Verify journals of sampled sizes and periods; yield what is not OK, with why."""
    chance = Random(SEED)  # noqa: S311 - a sample, not a secret
    policy = Policy.read(site.policy())
    path = folder / "clean.journal"
    notes: dict[int, str] = {}
    for _ in range(how_many):
        until = chance.randint(1, len(site.bodies))
        after = chance.choice([0, chance.randrange(until)])
        bodies = site.bodies[:until]
        note = notes.setdefault(until, site.checkpoint(bodies))
        path.write_bytes(site.journal(bodies, note, after=after))
        evidence = Evidence(policy)
        evidence.load(path)
        if evidence.judge() != OK:
            yield f"entries {after + 1} to {until}: {evidence.found}"
