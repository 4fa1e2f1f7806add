"""A log to witness: leaves, a key, and what it would say of itself at any size."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.evidence.witnesses.wire import AddCheckpoint, write_request
from inventory.evidence.witnesses.witness import Submission
from inventory.journal import tree
from inventory.journal.notes import Checkpoint, Signer, sign

ORIGIN = "countersign/reg_harbor"


def key_of(name: str) -> Ed25519PrivateKey:
    """Make the same key for the same name, always."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


@dataclass(frozen=True)
class Log:
    """A history of as many leaves as are asked for.

    Attributes:
        origin: its name.
        forked_at: from this size on its leaves are others than those of its twin.
        signed_by: name of the key that signs.
    """

    origin: str = ORIGIN
    forked_at: int | None = None
    signed_by: str = "log"
    _leaves: list[bytes] = field(default_factory=list, init=False, repr=False)

    @cached_property
    def signer(self) -> Signer:
        """The key of this log."""
        return Signer(self.origin, key_of(self.signed_by))

    def leaves(self, size: int) -> list[bytes]:
        """Give the hashes of the first leaves."""
        for index in range(len(self._leaves), size):
            is_forked = self.forked_at is not None and index >= self.forked_at
            body = f"{'fork' if is_forked else 'leaf'} {index}".encode()
            self._leaves.append(tree.leaf_hash(body))
        return self._leaves[:size]

    def checkpoint(self, size: int) -> Checkpoint:
        """Say what the log is at a size."""
        return Checkpoint(self.origin, size, tree.root(self.leaves(size)))

    def note(self, size: int) -> str:
        """Sign what the log is at a size."""
        return sign(str(self.checkpoint(size)), self.signer)

    def prove(self, old_size: int, size: int) -> list[bytes]:
        """Prove that a size continues an older one."""
        if old_size == 0:
            return []
        return tree.consistency_proof(old_size, self.leaves(size))

    def request(self, old_size: int, size: int) -> bytes:
        """Write the request to cosign a size."""
        proof = self.prove(old_size, size) if old_size <= size else []
        return write_request(AddCheckpoint(old_size, proof, self.note(size)))

    def submission(self, size: int, known_size: int = 0) -> Submission:
        """Hand a size to a witness."""
        return Submission(
            checkpoint=self.checkpoint(size),
            note=self.note(size),
            log_keys=[self.signer.verifier],
            known_size=known_size,
            prove=lambda old_size: self.prove(old_size, size),
        )
