"""The stand-alone verifier: what it accepts, and what it says of everything else."""

import ast
import hashlib
import json
import subprocess
import sys
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from inventory.journal import verifier
from inventory.journal.verifier import OK, TAMPERED, UNVERIFIED, Tree, leaf_hash
from tests.signed_book import ACTOR, BOOK, SignedBook, entry, leg

# The test vectors of Certificate Transparency's reference implementation.
_LEAVES = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_STOCK, _SUPPLIER = "stock:loc_1", "supplier:rcp_1"
RECEIVED = [leg(_STOCK, 500, 0, 500, 1), leg(_SUPPLIER, -500)]
DRAWN = [leg(_STOCK, -100, 500, 400, 2), leg("drawn:ses_1", 100, 0, 100, 1)]


@pytest.fixture
def book() -> SignedBook:
    """Seven entries, two of which move something."""
    bodies = [entry(position) for position in range(1, 8)]
    bodies[1], bodies[4] = entry(2, legs=RECEIVED), entry(5, legs=DRAWN)
    return SignedBook(bodies)


def test_it_imports_nothing_of_the_program_it_verifies() -> None:
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    roots = {name.partition(".")[0] for name in imported}
    assert roots - sys.stdlib_module_names == {"cryptography"}
    assert not roots & {"socket", "urllib", "http", "ssl"}, "it needs no network"


def test_its_tree_is_that_of_certificate_transparency() -> None:
    tree = Tree()
    assert tree.root() == hashlib.sha256(b"").digest()
    for leaf, root in zip(_LEAVES, _ROOTS, strict=True):
        tree.add(leaf_hash(bytes.fromhex(leaf)))
        assert tree.root().hex() == root


def test_a_whole_journal_is_ok(book: SignedBook, tmp_path: Path) -> None:
    answer, found = book.judge(tmp_path, {"j": book.journal(book.checkpoint())})
    assert answer == OK, found
    assert "entries 1 to 7" in found


@pytest.mark.parametrize("after", range(7))
def test_a_journal_of_a_period_is_ok(
    book: SignedBook, tmp_path: Path, after: int
) -> None:
    journal = book.journal(book.checkpoint(), after=after)
    answer, found = book.judge(tmp_path, {"j": journal})
    assert answer == OK, found


def test_what_no_checkpoint_covers_is_not_verified(
    book: SignedBook, tmp_path: Path
) -> None:
    answer, found = book.judge(tmp_path, {"j": book.journal(book.checkpoint(5))})
    assert answer == UNVERIFIED
    assert "entries 6 to 7: no trusted checkpoint" in found


def test_a_checkpoint_without_its_witness_does_not_count(
    book: SignedBook, tmp_path: Path
) -> None:
    journal = book.journal(book.checkpoint(cosigned=False))
    assert book.judge(tmp_path, {"j": journal})[0] == UNVERIFIED
    assert book.judge(tmp_path, {"j": journal}, policy=book.policy(quorum=0))[0] == OK


def test_a_cut_journal_beside_its_checkpoint_is_tampered_with(
    book: SignedBook, tmp_path: Path
) -> None:
    short = SignedBook(book.bodies[:5], book.log, book.witness)
    files: dict[str, bytes | str] = {
        "j": short.journal(short.checkpoint()),
        "kept": book.checkpoint(),
    }
    answer, found = book.judge(tmp_path, files)
    assert answer == TAMPERED
    assert "entry 6 is missing: the journal goes on to 7" in found


def test_two_histories_of_one_size_are_tampered_with(
    book: SignedBook, tmp_path: Path
) -> None:
    bodies = [*book.bodies[:6], entry(7, subject="loc_2")]
    other = SignedBook(bodies, book.log, book.witness)
    answer, found = book.judge(
        tmp_path, {"a": book.checkpoint(), "b": other.checkpoint()}
    )
    assert answer == TAMPERED
    assert "two histories of 7 entries" in found


def test_the_first_bad_entry_is_named_between_two_checkpoints(
    book: SignedBook, tmp_path: Path
) -> None:
    bodies = [*book.bodies[:3], entry(4, subject="loc_2"), *book.bodies[4:]]
    other = SignedBook(bodies, book.log, book.witness)
    answer, found = book.judge(
        tmp_path,
        {"a": book.checkpoint(2), "b": book.checkpoint(6), "j": other.journal()},
    )
    assert answer == TAMPERED
    assert "j: entry 3 to 6: not what b has signed" in found


@pytest.mark.parametrize(
    ("position", "changes", "said"),
    [
        (3, {"position": 4}, "says that it is entry 4"),
        (3, {"book": "reg_other"}, "belongs to another book"),
        (3, {"recorded_at": "2026-11-01T00:00:00.000000Z"}, "before the one above"),
        (3, {"witness": {**ACTOR}}, "witnessed by the one who acted"),
        (3, {"tag": "waste:recorded"}, "waste without a witness"),
        (3, {"version": "countersign/0"}, "not in the canonical form"),
        (3, {"legs": [leg(_SUPPLIER, -1)]}, "do not sum to zero"),
        (3, {"legs": [leg(_SUPPLIER, 0)]}, "moves no whole amount"),
        (3, {"legs": [{**leg(_SUPPLIER, 1), "amount_ug": True}]}, "no whole amount"),
        (3, {"legs": [leg(_SUPPLIER, 1, 0, 1, 1)]}, "account that keeps none"),
        (3, {"legs": [leg(_STOCK, 1)]}, "is not an entry"),
        (3, {"legs": [leg(_STOCK, 1, 499, 500, 2)]}, "does not go on from the last"),
        (3, {"legs": [leg(_STOCK, 1, 500, 501, 3)]}, "does not go on from the last"),
        (3, {"legs": [leg(_STOCK, 1, 500, 502, 2)]}, "miscalculates the balance"),
        (3, {"legs": "none"}, "is not an entry"),
        (3, {"actor": None, "witness": ACTOR}, "is not an entry"),
    ],
)
def test_an_entry_that_contradicts_itself_or_others_is_named(
    book: SignedBook, tmp_path: Path, position: int, changes: dict[str, Any], said: str
) -> None:
    bodies = list(book.bodies)
    bodies[position - 1] = entry(position, **changes)
    # Whoever holds the log key signs it, and the witness is none the wiser.
    other = SignedBook(bodies, book.log, book.witness)
    answer, found = other.judge(tmp_path, {"j": other.journal(other.checkpoint())})
    assert answer == TAMPERED
    assert f"j: entry {position} " in found
    assert said in found


@pytest.mark.parametrize(
    "body",
    [
        entry(3).replace(b'"data":{}', b'"data":{ }'),
        entry(3).replace(b'"data":{}', b'"data":{"a":1,"a":2}'),
        entry(3).replace(b'"data":{}', b'"data":{"a":1.5}'),
        entry(3).replace(b'"data":{}', b'"data":{"a":NaN}'),
        entry(3)[:-1],
        b"\xff" + entry(3),
        b"null",
        b"[]",
        b"",
        b"[" * 100_000,
    ],
    ids=lambda body: str(body[:12]),
)
def test_bytes_that_are_no_canonical_entry_are_tampered_with(
    book: SignedBook, tmp_path: Path, body: bytes
) -> None:
    other = SignedBook(
        [*book.bodies[:2], body, *book.bodies[3:]], book.log, book.witness
    )
    answer, found = other.judge(tmp_path, {"j": other.journal(other.checkpoint())})
    assert (answer, "j: entry 3 " in found) == (TAMPERED, True)


@pytest.mark.parametrize(
    "changes",
    [{"until": 9}, {"frontier": ["AAAA"]}, {"format": "other/1"}, {"checkpoints": 1}],
    ids=str,
)
def test_a_first_line_that_lies_is_never_ok(
    book: SignedBook, tmp_path: Path, changes: dict[str, Any]
) -> None:
    journal = book.journal(**({"checkpoints": [book.checkpoint()]} | changes))
    assert book.judge(tmp_path, {"j": journal})[0] != OK


def test_free_texts_are_held_against_their_hashes(tmp_path: Path) -> None:
    salt, text = b"s" * 32, "in the sink of room 2"
    hashed = hashlib.sha256(salt + text.encode()).hexdigest()
    book = SignedBook([entry(1, texts={"place": hashed})])

    def judged(**changes: Any) -> str:
        line = {"name": "place", "position": 1, "salt": b64encode(salt).decode()}
        line |= {"text": text} | changes
        text_line = json.dumps(line).replace('{"name": ', '{"name":').encode()
        journal = book.journal(book.checkpoint()) + text_line + b"\n"
        return book.judge(tmp_path, {"j": journal})[0]

    assert judged() == OK
    assert judged(text="in the bin of room 2") == TAMPERED
    assert judged(position=2) == TAMPERED
    assert book.judge(tmp_path, {"j": book.journal(book.checkpoint())})[0] == OK, (
        "redacted"
    )


@pytest.mark.parametrize("position", range(1, 8))
def test_a_proof_with_its_entry_is_ok(
    book: SignedBook, tmp_path: Path, position: int
) -> None:
    answer, found = book.judge(tmp_path, {"p": str(book.proof(position))})
    assert answer == OK, found
    assert f"evt_{position}" in found, "the entry is shown"


def test_a_proof_finds_its_entry_in_a_journal(book: SignedBook, tmp_path: Path) -> None:
    proof = str(book.proof(4, with_entry=False))
    assert book.judge(tmp_path, {"p": proof})[0] == UNVERIFIED
    assert book.judge(tmp_path, {"p": proof, "j": book.journal()})[0] == OK


def test_a_qr_code_is_a_proof_whose_checkpoint_a_witness_signed(
    book: SignedBook, tmp_path: Path
) -> None:
    code = book.proof(4).for_qr()
    assert book.judge(tmp_path, {"code": code, "j": book.journal()})[0] == UNVERIFIED
    answer, found = book.judge(
        tmp_path, {"kept": book.checkpoint(), "code": code, "j": book.journal()}
    )
    assert answer == OK, found


def test_a_pdf_is_as_good_as_the_proof_in_it_or_beside_it(
    book: SignedBook, tmp_path: Path
) -> None:
    proof = str(book.proof(4)).encode()
    bare = b"%PDF-1.7\nstream\nBT ET\nendstream\n"
    inside = b"%PDF-1.7\nstream\n" + zlib.compress(proof) + b"\nendstream\n"
    assert book.judge(tmp_path, {"r.pdf": bare})[0] == UNVERIFIED
    assert book.judge(tmp_path, {"r.pdf": inside})[0] == OK
    assert book.judge(tmp_path, {"r.pdf": bare, "r.pdf.proof": proof})[0] == OK
    assert book.judge(tmp_path, {"r.pdf": bare, "s.pdf.proof": proof})[0] != OK


def _run(*arguments: object) -> tuple[int, str]:
    program = [sys.executable, "-I", verifier.__file__, *map(str, arguments)]
    answer = subprocess.run(program, check=False, capture_output=True, text=True)
    return answer.returncode, answer.stdout


def test_it_runs_alone_and_uses_what_lies_beside(
    book: SignedBook, tmp_path: Path
) -> None:
    policy, folder = tmp_path / "policy", tmp_path / "files"
    folder.mkdir()
    policy.write_text(book.policy(), encoding="utf-8")
    journal = folder / "book.journal"
    journal.write_bytes(book.journal(book.checkpoint()))
    (folder / "notes.txt").write_text("Nothing to do with it.", encoding="utf-8")
    assert _run(journal) == (2, _run(journal)[1])
    assert _run(journal, "--policy", policy)[0] == 0
    assert _run(folder, "--policy", policy)[0] == 0
    bodies = [*book.bodies, entry(8)]
    longer = SignedBook(bodies, book.log, book.witness)
    (folder / "8.checkpoint").write_text(longer.checkpoint(), encoding="utf-8")
    code, said = _run(journal, "--policy", policy)
    assert (code, said.splitlines()[0]) == (1, "TAMPERED")


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "quorum 0\n",
        "log {origin} nonsense\nquorum 0\n",
        "log {origin} {log}\n",
        "log {origin} {log}\nquorum 1\n",
        "log {origin} {log}\nquorum -1\n",
        "log {origin} {witness}\nquorum 0\n",
        "log {origin} {log}\nwitness {log}\nquorum 1\n",
        "log {origin} {log}\nquorum 0\ntrust everybody\n",
    ],
)
def test_a_policy_that_is_not_understood_is_refused(
    book: SignedBook, tmp_path: Path, policy: str
) -> None:
    path, journal = tmp_path / "policy", tmp_path / "book.journal"
    keys = {"log": book.log.verifier, "witness": book.witness.verifier}
    path.write_text(policy.format(origin=f"countersign/{BOOK}", **keys))
    journal.write_bytes(book.journal(book.checkpoint()))
    code, said = _run(journal, "--policy", path)
    assert (code, said.splitlines()[0]) == (2, UNVERIFIED)


def test_what_cannot_be_read_is_not_verified(tmp_path: Path) -> None:
    (tmp_path / "strange").write_bytes(b"\x00\x01")
    assert _run(tmp_path / "strange")[0] == 2
    assert _run(tmp_path / "absent")[0] == 2
