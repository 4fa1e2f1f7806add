"""The tree is the one of RFC 6962: published vectors, and proofs that hold."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.journal import tree

# The reference inputs and roots of the certificate-transparency test suite.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]

# (index, size) -> proof, from the same suite.
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.root([]) == tree.EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots_are_met(size: int) -> None:
    assert tree.root(HASHES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_proofs_are_met(index: int, size: int) -> None:
    proof = tree.inclusion_proof(index, HASHES[:size])
    assert [node.hex() for node in proof] == INCLUSION[index, size]


@pytest.mark.parametrize(("first", "size"), CONSISTENCY)
def test_the_published_consistency_proofs_are_met(first: int, size: int) -> None:
    proof = tree.consistency_proof(first, HASHES[:size])
    assert [node.hex() for node in proof] == CONSISTENCY[first, size]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_leaf_can_be_proven_and_no_other(
    bodies: list[bytes], data: st.DataObject
) -> None:
    leaves = [tree.leaf_hash(body) for body in bodies]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = tree.inclusion_proof(index, leaves)
    root = tree.root(leaves)
    size = len(leaves)
    assert tree.root_from_inclusion(index, size, leaves[index], proof) == root
    stranger = tree.leaf_hash(b"not in any of these trees")
    assert tree.root_from_inclusion(index, size, stranger, proof) != root
    assert tree.root_from_inclusion(index, size, leaves[index], [*proof, root]) is None
    assert tree.root_from_inclusion(size, size, leaves[index], proof) is None


@pytest.mark.parametrize("size", range(1, 34))
def test_every_earlier_tree_is_shown_to_be_a_prefix_and_no_other(size: int) -> None:
    leaves = [tree.leaf_hash(bytes([number])) for number in range(size)]
    after = (size, tree.root(leaves))
    stranger = tree.leaf_hash(b"not in any of these trees")
    for first in range(1, size + 1):
        proof = tree.consistency_proof(first, leaves)
        before = (first, tree.root(leaves[:first]))
        assert tree.is_consistent(before, after, proof)
        assert not tree.is_consistent((first, stranger), after, proof)
        assert not tree.is_consistent(before, (size, stranger), proof)
        assert not tree.is_consistent(before, after, [*proof, stranger])
        for spoilt in range(len(proof)):
            changed = [*proof[:spoilt], stranger, *proof[spoilt + 1 :]]
            assert not tree.is_consistent(before, after, changed)
            missing = [*proof[:spoilt], *proof[spoilt + 1 :]]
            assert not tree.is_consistent(before, after, missing)


def test_every_tree_begins_with_the_empty_one() -> None:
    after = (8, tree.root(HASHES))
    assert tree.is_consistent((0, tree.EMPTY_ROOT), after, [])
    assert not tree.is_consistent((0, HASHES[0]), after, [])
    assert not tree.is_consistent((0, tree.EMPTY_ROOT), after, [HASHES[0]])


def test_a_longer_tree_is_no_prefix_of_a_shorter() -> None:
    shorter, longer = (7, tree.root(HASHES[:7])), (8, tree.root(HASHES))
    assert not tree.is_consistent(longer, shorter, [])


@pytest.mark.parametrize("size", [1, 2, 3, 64, 100, 2**20, 2**20 - 1, 2**40 + 12345])
def test_the_ranges_of_proofs_fall_into_perfect_subtrees(size: int) -> None:
    asked = [
        tree.inclusion_ranges(size - 1, size),
        tree.inclusion_ranges(size // 3, size),
        tree.consistency_ranges(size // 2 + 1, size),
    ]
    for ranges in asked:
        for leaves in ranges:
            subtrees = tree.perfect_subtrees(leaves)
            ends = [(index + 1) << level for level, index in subtrees]
            begins = [index << level for level, index in subtrees]
            assert begins == [leaves.start, *ends[:-1]]
            assert ends[-1] == leaves.stop
    assert sum(len(tree.perfect_subtrees(one)) for one in asked[0]) <= 2 * 41


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_frontier_gives_the_root_after_each_append(bodies: list[bytes]) -> None:
    frontier: tuple[bytes, ...] = ()
    leaves: list[bytes] = []
    for body in bodies:
        leaf = tree.leaf_hash(body)
        completed = tree.completed(len(leaves), frontier, leaf)
        frontier = tree.append(len(leaves), frontier, leaf)
        leaves.append(leaf)
        assert completed == tuple(
            _root_by_definition(leaves[-(1 << level) :])
            for level in range(1, len(leaves).bit_length())
            if len(leaves) % (1 << level) == 0
        )
        assert tree.root_of_frontier(frontier) == _root_by_definition(leaves)
        assert tree.unpack(tree.pack(frontier)) == frontier


def _root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left = _root_by_definition(leaves[:split])
    right = _root_by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_roots_of_growing_trees_differ() -> None:
    assert all(one != other for one, other in pairwise(ROOTS))
