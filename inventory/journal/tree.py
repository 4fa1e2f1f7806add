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


def completed(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[bytes, ...]:
    """Give the roots of the perfect subtrees that one more leaf completes.

    They are those of 2, 4, 8, ... leaves that end with it: as many as position
    `size + 1` has trailing zero bits.

    Args:
        size: number of leaves before.
        frontier: hashes of the perfect subtrees before, largest first.
        leaf: hash of the new leaf.
    """
    assert len(frontier) == size.bit_count(), "the frontier does not fit the size"
    node, roots = leaf, []
    for left in reversed(frontier):
        if not size & 1:
            break
        node = node_hash(left, node)
        roots.append(node)
        size >>= 1
    return tuple(roots)


def append(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[bytes, ...]:
    """Give the frontier after one more leaf; arguments as of `completed`."""
    roots = completed(size, frontier, leaf)
    return extended(frontier, leaf, roots)


def extended(
    frontier: Sequence[bytes], leaf: bytes, roots: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Give the frontier after a leaf that completes subtrees with these roots."""
    kept = frontier[: len(frontier) - len(roots)]
    return (*kept, roots[-1] if roots else leaf)


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


def inclusion_ranges(index: int, size: int) -> list[range]:
    """Say which leaves each hash of an inclusion proof is over, from the leaf up.

    Each range begins at a multiple of the largest power of two it holds, so that it
    falls into perfect subtrees (`perfect_subtrees`).
    """
    assert 0 <= index < size, "no such leaf"
    ranges, begin, end = [], 0, size
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            ranges.append(range(split, end))
            end = split
        else:
            ranges.append(range(begin, split))
            begin = split
    return ranges[::-1]


def consistency_ranges(first: int, size: int) -> list[range]:
    """Say which leaves each hash of a consistency proof is over (RFC 6962, 2.1.2)."""
    assert 0 < first <= size, "no such earlier tree"
    ranges, begin, end = [], 0, size
    while first < end:
        split = begin + _split(end - begin)
        if first <= split:
            ranges.append(range(split, end))
            end = split
        else:
            ranges.append(range(begin, split))
            begin = split
    if begin:
        ranges.append(range(begin, end))
    return ranges[::-1]


def perfect_subtrees(leaves: range) -> list[tuple[int, int]]:
    """Take a range of a proof apart into perfect subtrees, largest first.

    Returns:
        (level, index) of each: the leaves `index << level` to `(index + 1) << level`.
    """
    nodes, begin = [], leaves.start
    while begin < leaves.stop:
        level = (leaves.stop - begin).bit_length() - 1
        assert begin % (1 << level) == 0, "no proof asks for such a range"
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Prove that leaf `index` (from 0) is in the tree (RFC 6962, 2.1.1)."""
    ranges = inclusion_ranges(index, len(leaves))
    return [root(leaves[each.start : each.stop]) for each in ranges]


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
    ranges = consistency_ranges(first, len(leaves))
    return [root(leaves[each.start : each.stop]) for each in ranges]


def is_consistent(
    first: tuple[int, bytes], second: tuple[int, bytes], proof: Sequence[bytes]
) -> bool:
    """Tell whether a proof shows the first tree to be a prefix of the second.

    Args:
        first: size and root of the earlier tree.
        second: size and root of the later tree.
        proof: as `consistency_proof` makes it; none is needed from the empty tree or
            between equal sizes (RFC 9162, 2.1.4.2).
    """
    (size, root_before), (last, root_after) = first, second
    if size == 0:
        return root_before == EMPTY_ROOT and not proof
    if size >= last:
        return size == last and root_before == root_after and not proof
    hashes = list(proof)
    if size & (size - 1) == 0:
        hashes.insert(0, root_before)
    if not hashes:
        return False
    node, last = size - 1, last - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == (root_before, root_after)


def _split(size: int) -> int:
    """Give the largest power of two smaller than the size."""
    return 1 << (size - 1).bit_length() - 1
