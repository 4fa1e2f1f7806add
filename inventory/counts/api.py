"""Blind counts over HTTP."""

from dataclasses import replace
from typing import Any

from inventory.counts.commands import (
    CommitCount,
    CountStarted,
    StartCount,
    commit_count,
    count_digest,
    start_count,
)
from inventory.counts.queries import CountView, get_count
from inventory.counts.rules import InUseLine, SealedLine
from inventory.counts.schemas import (
    CommitCountSchema,
    CountCommittedView,
    CountStartedView,
    StartCountSchema,
)
from inventory.counts.schemas import CountView as CountAnswer
from inventory.kernel.actors import Permission, Proof
from inventory.web.endpoints import Asking, Edge, make_blueprint, reads, writes
from inventory.web.signatures import SECRETS, presented_in

blueprint = make_blueprint(
    "counts", "Blind physical counts: what is expected shows only after the commit."
)


@writes(
    blueprint,
    "/counts",
    Permission.COUNT,
    takes=StartCountSchema,
    answers=CountStartedView,
)
def post_count(edge: Edge, fields: dict[str, Any]) -> CountStarted:
    """Start a blind count of one place; the answer says what to count."""
    command = StartCount(registration_id=edge.registration_id, **fields)
    return start_count(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(blueprint, "/counts/<count_id>", Permission.READ_BOOKS, answers=CountAnswer)
def get_one_count(edge: Edge, count_id: str) -> CountView:
    """Look up a count: its sheet while it is open, its lines once it is committed."""
    return get_count(edge.db, edge.registration_id, count_id)


def _witness(asking: Asking, fields: dict[str, Any], count_id: str) -> Proof | None:
    """Prove the witness, where there is one, over the figures as they were sent."""
    if "witness" not in fields:
        return None
    command = _command(asking.registration_id, count_id, fields)
    presented = presented_in(fields["witness"])
    return asking.services.identifier.prove(presented, count_digest(command))


@writes(
    blueprint,
    "/counts/<count_id>/commit",
    Permission.COUNT,
    takes=CommitCountSchema,
    answers=CountCommittedView,
    secret_fields=SECRETS,
    identifies=_witness,
    signs=True,
)
def post_count_commit(
    edge: Edge, fields: dict[str, Any], count_id: str
) -> dict[str, Any]:
    """Hand in a count, once; the answer shows its variances and the cases opened."""
    command = _command(edge.registration_id, count_id, fields)
    command = replace(command, witness=edge.proof)
    done = commit_count(edge.db, command, actor=edge.actor, clock=edge.clock)
    return {
        "count": get_count(edge.db, edge.registration_id, count_id),
        "discrepancies": [case.label for case in done.discrepancies],
        "recorded": done.recorded,
    }


def _command(
    registration_id: str, count_id: str, fields: dict[str, Any]
) -> CommitCount:
    return CommitCount(
        registration_id=registration_id,
        count_id=count_id,
        sealed=tuple(_sealed_line(line) for line in fields["sealed"]),
        in_use=tuple(InUseLine(**line) for line in fields["in_use"]),
    )


def _sealed_line(line: dict[str, Any]) -> SealedLine:
    numbers = tuple(line["numbers"]) if "numbers" in line else None
    return SealedLine(
        lot_id=line["lot_id"], containers=line.get("containers"), numbers=numbers
    )
