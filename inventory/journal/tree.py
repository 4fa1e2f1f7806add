"""The Merkle tree of a book (RFC 6962, section 2.1). PURE.

The tree is never held: its frontier (the roots of the perfect subtrees, largest first,
one per set bit of the size) is enough to append and to know the root, and moves in the
same transaction as the event.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 || body)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[bytes, ...]:
    """Give the frontier after one more leaf.

    Args:
        size: number of leaves before.
        frontier: hashes of the perfect subtrees before, largest first.
        leaf: hash of the new leaf.
    """
    assert len(frontier) == size.bit_count(), "the frontier does not fit the size"
    grown = list(frontier)
    while size & 1:
        leaf = node_hash(grown.pop(), leaf)
        size >>= 1
    return (*grown, leaf)


def root_of_frontier(frontier: Sequence[bytes]) -> bytes:
    """Give the root of the tree that has this frontier."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def pack(frontier: Sequence[bytes]) -> bytes:
    """Write a frontier as one string of bytes."""
    return b"".join(frontier)


def unpack(packed: bytes) -> tuple[bytes, ...]:
    """Read a frontier back."""
    assert len(packed) % HASH_BYTES == 0, "a frontier is a row of whole hashes"
    return tuple(packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES))


def root(leaves: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes, from nothing."""
    frontier: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaves):
        frontier = append(size, frontier, leaf)
    return root_of_frontier(frontier)


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Prove that leaf `index` (from 0) is in the tree (RFC 6962, 2.1.1)."""
    assert 0 <= index < len(leaves), "no such leaf"
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root(leaves[:split])]


def root_from_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes]
) -> bytes | None:
    """Compute the root that an inclusion proof leads to (RFC 9162, 2.1.3.2).

    Returns:
        The root, or None if the proof has not the length its index and size demand.
    """
    if not 0 <= index < size:
        return None
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return result if last == 0 else None


def consistency_proof(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Prove that the tree of the first `first` leaves is a prefix (RFC 6962, 2.1.2)."""
    assert 0 < first <= len(leaves), "no such earlier tree"
    return _subproof(first, leaves, whole=True)


def _subproof(first: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if first <= split:
        below = _subproof(first, leaves[:split], whole=whole)
        return [*below, root(leaves[split:])]
    below = _subproof(first - split, leaves[split:], whole=False)
    return [*below, root(leaves[:split])]


def _split(size: int) -> int:
    """Give the largest power of two smaller than the size."""
    return 1 << (size - 1).bit_length() - 1
