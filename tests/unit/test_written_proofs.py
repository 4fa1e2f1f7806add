"""A proof reads back as it was written, on the screen and on paper."""

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.journal import tree
from inventory.journal.notes import Checkpoint, NoteError, Signer, open_note, sign
from inventory.journal.written_proofs import WrittenProof, _base45, _from_base45

BOOK = "countersign/reg_01M6E8YKR0K0CN05224HP39K6V"
SIGNER = Signer(BOOK, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
MILLION = 2**20


def _proof(index: int, size: int, entry: bytes | None = None) -> WrittenProof:
    """Prove the one leaf that differs in a tree of any size."""
    leaf, other = tree.leaf_hash(b"entry"), tree.leaf_hash(b"any other")
    hashes = tuple(
        tree.root_of_frontier(
            [_perfect(level, other) for level, _ in tree.perfect_subtrees(leaves)]
        )
        for leaves in tree.inclusion_ranges(index, size)
    )
    root = tree.root_from_inclusion(index, size, leaf, hashes)
    assert root is not None
    note = sign(str(Checkpoint(BOOK, size, root)), SIGNER)
    return WrittenProof(index, hashes, note, entry)


def _perfect(level: int, leaf: bytes) -> bytes:
    for _ in range(level):
        leaf = tree.node_hash(leaf, leaf)
    return leaf


@pytest.mark.parametrize("size", [1, 2, 3, 1000, MILLION - 1, MILLION, 2**40])
def test_a_proof_reads_back_as_it_was_written(size: int) -> None:
    proof = _proof(size // 3, size, b'{"an":"entry"}')
    assert WrittenProof.read(str(proof)) == proof
    bare = _proof(size // 3, size)
    assert WrittenProof.read(str(bare)) == bare
    assert WrittenProof.from_qr(proof.for_qr()) == bare


def test_the_text_is_that_of_the_specification() -> None:
    lines = str(_proof(2, 3, b"entry")).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra ZW50cnk=", "index 2"]
    assert lines[4:7] == ["", BOOK, "3"]


def test_what_was_on_paper_can_be_checked() -> None:
    proof = WrittenProof.from_qr(_proof(700_000, MILLION).for_qr())
    opened = open_note(proof.note, [SIGNER.verifier])
    checkpoint = Checkpoint.read(opened.text)
    leaf = tree.leaf_hash(b"entry")
    found = tree.root_from_inclusion(proof.index, checkpoint.size, leaf, proof.hashes)
    assert found == checkpoint.root


def test_a_proof_among_a_million_takes_four_fifths_of_a_kilobyte_on_paper() -> None:
    text = _proof(MILLION // 3, MILLION).for_qr()
    assert len(WrittenProof.from_qr(text).hashes) == 20
    assert len(_from_base45(text.removeprefix("CSP1:"))) <= 800
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    [seen] = zxingcpp.read_barcodes(code.to_image(scale=3))
    assert seen.text == text


PROOF = str(_proof(1, 4))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        PROOF.replace("@v1", "@v2"),
        PROOF.replace("index 1", "index 01"),
        PROOF.replace("index 1", "index -1"),
        PROOF.replace("index 1", "index \u0661"),
        PROOF.replace("index 1", "position 1"),
        PROOF.replace("index 1\n", ""),
        PROOF.replace("index 1", f"index {10**30}"),
        PROOF.replace("index 1\n", "index 1\nAAAA\n"),
        PROOF.replace("index 1\n", "index 1\n?\n"),
        PROOF.replace("index 1\n", "extra ?\nindex 1\n"),
        PROOF.replace("=\n", "\n", 1),
        PROOF.replace("\n", "\r\n"),
        PROOF.partition("\n\n")[0],
        PROOF.rpartition("\n\n")[0],
    ],
)
def test_what_is_not_a_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        WrittenProof.read(text)


CODE = _proof(1, 4).for_qr()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/",
        "CSP1:",
        "CSP1:!!",
        "CSP1:A",
        "CSP1::::",
        CODE.lower(),
        CODE[:-3],
        CODE[:60],
        CODE + "000",
    ],
)
def test_a_code_that_holds_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        WrittenProof.from_qr(text)


@pytest.mark.parametrize(
    ("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"", "")]
)
def test_base45_is_that_of_the_standard(data: bytes, text: str) -> None:
    assert (_base45(data), _from_base45(text)) == (text, data)
