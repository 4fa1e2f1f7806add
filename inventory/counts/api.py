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
from inventory.credentials.proofs import OwnCredential, prove
from inventory.kernel.actors import Permission, Proof
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

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


@writes(
    blueprint,
    "/counts/<count_id>/commit",
    Permission.COUNT,
    takes=CommitCountSchema,
    answers=CountCommittedView,
    secret_fields=("password",),
)
def post_count_commit(
    edge: Edge, fields: dict[str, Any], count_id: str
) -> dict[str, Any]:
    """Hand in a count, once; the answer shows its variances and the cases opened."""
    command = CommitCount(
        registration_id=edge.registration_id,
        count_id=count_id,
        sealed=tuple(_sealed_line(line) for line in fields["sealed"]),
        in_use=tuple(InUseLine(**line) for line in fields["in_use"]),
    )
    if "witness" in fields:
        command = replace(command, witness=_proof(edge, command, fields["witness"]))
    done = commit_count(edge.db, command, actor=edge.actor, clock=edge.clock)
    return {
        "count": get_count(edge.db, edge.registration_id, count_id),
        "discrepancies": [case.label for case in done.discrepancies],
        "recorded": done.recorded,
    }


def _sealed_line(line: dict[str, Any]) -> SealedLine:
    numbers = tuple(line["numbers"]) if "numbers" in line else None
    return SealedLine(
        lot_id=line["lot_id"], containers=line.get("containers"), numbers=numbers
    )


def _proof(edge: Edge, command: CommitCount, witness: dict[str, str]) -> Proof:
    return prove(
        edge.db,
        OwnCredential(**witness),
        digest=count_digest(command),
        clock=edge.clock,
        passwords=edge.passwords,
    )
