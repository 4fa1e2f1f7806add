"""A small signed book made of nothing but keys and bytes, and files about it."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.journal import tree
from inventory.journal.notes import (
    Algorithm,
    Checkpoint,
    Signer,
    cosign,
    sign,
    with_lines,
)
from inventory.journal.verifier import ENTRY, JOURNAL, Evidence, Policy
from inventory.journal.written_proofs import WrittenProof

BOOK = "reg_small"
ORIGIN = f"countersign/{BOOK}"
ACTOR = {"id": "per_1", "initials": "PP", "name": "Pat Pharmacist"}
_AT = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


def entry(position: int, /, **changes: Any) -> bytes:
    """Give the canonical bytes of an entry that moves nothing."""
    content: dict[str, Any] = {
        "version": ENTRY,
        "book": BOOK,
        "position": position,
        "id": f"evt_{position}",
        "tag": "location:added",
        "subject": "loc_1",
        "occurred_at": "2026-11-02T14:00:00.000000Z",
        "recorded_at": f"2026-11-02T14:00:00.{position:06}Z",
        "actor": ACTOR,
        "witness": None,
        "data": {},
        "legs": [],
    }
    return rfc8785.dumps({**content, **changes})


def leg(account: str, amount_ug: int, *stated: int | None) -> dict[str, Any]:
    """Give a leg of one container: `stated` are previous, balance and version."""
    previous_ug, balance_ug, version = stated or (None, None, None)
    return {
        "account": account,
        "container": "ctr_1",
        "amount_ug": amount_ug,
        "previous_ug": previous_ug,
        "balance_ug": balance_ug,
        "version": version,
    }


def _signer(name: str, algorithm: Algorithm) -> Signer:
    return Signer(name, Ed25519PrivateKey.generate(), algorithm)


@dataclass
class SignedBook:
    """A log, a witness, and the entries of one book."""

    bodies: Sequence[bytes]
    log: Signer = field(default_factory=lambda: _signer(ORIGIN, Algorithm.ED25519))
    witness: Signer = field(
        default_factory=lambda: _signer("sister-site", Algorithm.COSIGNATURE)
    )

    def policy(self, *, quorum: int = 1) -> str:
        """Write whom an outsider trusts."""
        lines = [f"log {ORIGIN} {self.log.verifier}"]
        lines += [f"witness {self.witness.verifier}", f"quorum {quorum}"]
        return "\n".join(lines) + "\n"

    def checkpoint(self, size: int | None = None, *, cosigned: bool = True) -> str:
        """Sign the first entries, and let the witness sign too."""
        bodies = self.bodies if size is None else self.bodies[:size]
        root = tree.root([tree.leaf_hash(body) for body in bodies])
        checkpoint = Checkpoint(ORIGIN, len(bodies), root)
        lines = [cosign(checkpoint, self.witness, at=_AT)] if cosigned else []
        return with_lines(sign(str(checkpoint), self.log), lines)

    def proof(self, position: int, *, with_entry: bool = True) -> WrittenProof:
        """Prove an entry in the book as it is now."""
        leaves = [tree.leaf_hash(body) for body in self.bodies]
        return WrittenProof(
            position - 1,
            tuple(tree.inclusion_proof(position - 1, leaves)),
            self.checkpoint(),
            self.bodies[position - 1] if with_entry else None,
        )

    def journal(self, *notes: str, after: int = 0, **changes: Any) -> bytes:
        """Write the export of the entries after a position."""
        frontier: tuple[bytes, ...] = ()
        for size, body in enumerate(self.bodies[:after]):
            frontier = tree.append(size, frontier, tree.leaf_hash(body))
        header = {
            "after": after,
            "book": BOOK,
            "checkpoints": notes,
            "format": JOURNAL,
            "frontier": [b64encode(each).decode() for each in frontier],
            "until": len(self.bodies),
            "whole": after == 0,
        }
        lines = [json.dumps(header | changes).encode(), *self.bodies[after:]]
        return b"\n".join(lines) + b"\n"

    def judge(
        self,
        folder: Path,
        files: Mapping[str, bytes | str],
        *,
        policy: str | None = None,
    ) -> tuple[str, str]:
        """Write files, verify them, give the answer and all that was said."""
        evidence = Evidence(Policy.read(policy or self.policy()))
        for name, content in files.items():
            path = folder / name
            raw = content.encode() if isinstance(content, str) else content
            path.write_bytes(raw)
            evidence.load(path)
        answer = evidence.judge()
        return answer, json.dumps(evidence.found)
