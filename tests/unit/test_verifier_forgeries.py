"""Forged proofs, checkpoints and keys: thirty ways in, none of them open."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.journal.notes import Algorithm, Checkpoint, Signer, cosign, sign
from inventory.journal.verifier import OK
from inventory.journal.written_proofs import WrittenProof
from tests.signed_book import ORIGIN, SignedBook, entry

SIZE, POSITION = 13, 6
BOOK = SignedBook([entry(position) for position in range(1, SIZE + 1)])
OTHER = SignedBook(
    [entry(position, subject="loc_2") for position in range(1, SIZE + 1)],
    BOOK.log,
    BOOK.witness,
)
STRANGER = Signer(ORIGIN, Ed25519PrivateKey.generate(), Algorithm.ED25519)
GOOD = BOOK.proof(POSITION)


def _hashes(change: Callable[[list[bytes]], list[bytes]]) -> str:
    return str(replace(GOOD, hashes=tuple(change(list(GOOD.hashes)))))


def _note(note: str) -> str:
    return str(replace(GOOD, note=note))


def _lines(change: Callable[[list[str]], list[str]]) -> str:
    """Change the lines of the checkpoint: origin, size, root, blank, log, witness."""
    return _note("\n".join([*change(GOOD.note.splitlines()), ""]))


def _checkpoint() -> Checkpoint:
    return Checkpoint.claimed_by(GOOD.note)


def _signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """Let someone sign a checkpoint; the witness's old line stays under it."""
    cosigned = GOOD.note.splitlines()[-1]
    return _note(f"{sign(str(checkpoint), signer)}{cosigned}\n")


def _flipped(line: str, at: int) -> str:
    dash, name, encoded = line.split(" ")
    raw = bytearray(b64decode(encoded))
    raw[at] ^= 1
    return f"{dash} {name} {b64encode(raw).decode()}"


def _cosigned_by(name: str, key: Ed25519PrivateKey) -> str:
    witness = Signer(name, key, Algorithm.COSIGNATURE)
    line = cosign(_checkpoint(), witness, at=_AT)
    return _lines(lambda lines: [*lines[:5], line])


_AT = datetime(2026, 11, 2, tzinfo=UTC)
FORGERIES: dict[str, str] = {
    "a hash too few": _hashes(lambda hashes: hashes[:-1]),
    "a hash too many": _hashes(lambda hashes: [*hashes, hashes[0]]),
    "no hashes": _hashes(lambda _: []),
    "hashes swapped": _hashes(lambda hashes: [hashes[1], hashes[0], *hashes[2:]]),
    "hashes turned around": _hashes(lambda hashes: hashes[::-1]),
    "a bit of a hash": _hashes(
        lambda hashes: [bytes([hashes[0][0] ^ 1]) + hashes[0][1:], *hashes[1:]]
    ),
    "a short hash": _hashes(lambda hashes: [hashes[0][:31], *hashes[1:]]),
    "sixty-four hashes": _hashes(lambda hashes: [*hashes * 16][:64]),
    "the index before": str(replace(GOOD, index=POSITION - 2)),
    "the index after": str(replace(GOOD, index=POSITION)),
    "an index past the end": str(replace(GOOD, index=SIZE)),
    "a negative index": str(GOOD).replace("index 5", "index -5"),
    "an index with a zero before it": str(GOOD).replace("index 5", "index 05"),
    "another entry": str(replace(GOOD, entry=entry(POSITION, subject="loc_2"))),
    "an entry of another place": str(replace(GOOD, entry=entry(POSITION + 1))),
    "an inner node as the entry": str(
        replace(GOOD, entry=GOOD.hashes[0] + GOOD.hashes[1])
    ),
    "a proof from another tree": _note(OTHER.checkpoint()),
    "another tree's proof": str(replace(OTHER.proof(POSITION), note=GOOD.note)),
    "size zero": _lines(lambda lines: [lines[0], "0", *lines[2:]]),
    "a size that was not signed": _lines(lambda lines: [lines[0], "14", *lines[2:]]),
    "a root that was not signed": _lines(
        lambda lines: [*lines[:2], b64encode(b"r" * 32).decode(), *lines[3:]]
    ),
    "another origin": _lines(lambda lines: [f"{ORIGIN}x", *lines[1:]]),
    "an extension line": _lines(lambda lines: [*lines[:3], "extension", *lines[3:]]),
    "an unknown log key": _signed(_checkpoint(), STRANGER),
    "a true key, another checkpoint": _signed(
        replace(_checkpoint(), size=SIZE + 1), BOOK.log
    ),
    "no log signature": _lines(lambda lines: [*lines[:4], lines[5]]),
    "a bit of the log's signature": _lines(
        lambda lines: [*lines[:4], _flipped(lines[4], 20), lines[5]]
    ),
    "no witness": _lines(lambda lines: lines[:5]),
    "a bit of the witness's signature": _lines(
        lambda lines: [*lines[:5], _flipped(lines[5], 40)]
    ),
    "the witness's signature, another time": _lines(
        lambda lines: [*lines[:5], _flipped(lines[5], 11)]
    ),
    "a witness nobody knows": _cosigned_by(
        BOOK.witness.name, Ed25519PrivateKey.generate()
    ),
    "the log as its own witness": _cosigned_by(ORIGIN, BOOK.log.private_key),
    "a cosignature moved from another checkpoint": _lines(
        lambda lines: [*lines[:5], BOOK.checkpoint(12).splitlines()[5]]
    ),
    "the log's signature, twice": _lines(
        lambda lines: [*lines[:5], lines[4].replace(ORIGIN, BOOK.witness.name)]
    ),
}


def test_the_proof_that_is_forged_here_is_good(tmp_path: Path) -> None:
    assert BOOK.judge(tmp_path, {"proof": str(GOOD)})[0] == OK
    assert WrittenProof.read(str(GOOD)) == GOOD


def test_thirty_forgeries_are_tried() -> None:
    assert len(set(FORGERIES.values()) - {str(GOOD)}) == len(FORGERIES) >= 30


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused(forgery: str, tmp_path: Path) -> None:
    answer, found = BOOK.judge(tmp_path, {"proof": FORGERIES[forgery]})
    assert answer != OK, found


@pytest.mark.parametrize("place", range(0, 600, 7))
def test_no_changed_character_of_a_code_goes_through(
    place: int, tmp_path: Path
) -> None:
    code = GOOD.for_qr()
    at = place % len(code)
    changed = code[:at] + ("0" if code[at] != "0" else "1") + code[at + 1 :]
    files: dict[str, str | bytes] = {
        "kept": BOOK.checkpoint(),
        "journal": BOOK.journal(),
    }
    assert BOOK.judge(tmp_path, {**files, "code": code})[0] == OK
    assert BOOK.judge(tmp_path, {**files, "code": changed})[0] != OK
