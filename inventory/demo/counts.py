"""The weekly blind count of the demonstration clinic: what is really there."""

from dataclasses import replace

from inventory.counts.commands import (
    CommitCount,
    StartCount,
    commit_count,
    count_digest,
    start_count,
)
from inventory.counts.rules import CountKind, InUseLine, SealedLine
from inventory.demo.sessions import KETAMINE_50, Suite, Team
from inventory.kernel.quantities import format_ml


def count_place(suite: Suite, team: Team, location_id: str) -> None:
    """Count one place, blind, before a witness."""
    starting = StartCount(
        registration_id=suite.registration_id,
        location_id=location_id,
        kind=CountKind.CYCLE,
    )
    started = start_count(suite.db, starting, actor=team.recorder, clock=suite.clock)
    suite.pass_minutes(9)
    found = CommitCount(
        registration_id=suite.registration_id,
        count_id=started.count_id,
        sealed=tuple(
            SealedLine(
                lot_id=lot.id, containers=suite.shelf.sealed_of(lot.ndc, lot.lot)
            )
            for lot in started.sheet.lots
        ),
        in_use=tuple(
            InUseLine(
                number=vial.number,
                volume=format_ml(suite.shelf.in_use[vial.lot.ndc].left_ug, KETAMINE_50),
            )
            for vial in started.sheet.in_use
        ),
    )
    witness = suite.witnessed(team.witness, count_digest(found))
    commit_count(
        suite.db,
        replace(found, witness=witness),
        actor=team.recorder,
        clock=suite.clock,
    )
