"""What is printed and attached lets a reader check a report without us."""

from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from inventory.evidence import checkpoints
from inventory.journal import book, tree
from inventory.journal.notes import Checkpoint, open_note
from inventory.journal.written_proofs import WrittenProof
from reports import perpetual_ledger, reconciliation
from reports.gather_reconciliation import gather
from tests.reports import samples
from tests.reports.ward import Ward
from tests.signing import LOG_KEYS, prover


def _printed(ward: Ward, reconciliation_id: str) -> bytes:
    here = ward.clinic.registration_id
    with ward.clinic.database.reading() as db:
        data = gather(db, here, reconciliation_id, prover=prover(ward.clinic))
    return reconciliation.render(data)


def _attached(pdf: bytes) -> dict[str, str]:
    files = PdfReader(BytesIO(pdf)).attachments
    return {name: content[0].decode() for name, content in files.items()}


def _codes(pdf: bytes) -> list[str]:
    """Read the QR codes of the pages as a camera would, at 150 dots per inch."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=150 / 72).to_pil() for page in document]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


def _checked(ward: Ward, proof: WrittenProof, entry: bytes) -> bool:
    here = ward.clinic.registration_id
    stated = Checkpoint.read(open_note(proof.note, LOG_KEYS.verifiers(here)).text)
    leaf = tree.leaf_hash(entry)
    root = tree.root_from_inclusion(proof.index, stated.size, leaf, proof.hashes)
    return root == stated.root


def test_a_reconciliation_carries_the_proof_of_its_own_entry(ward: Ward) -> None:
    reconciliation_id = ward.reconcile_short_of_a_vial()
    pdf = _printed(ward, reconciliation_id)
    proof = WrittenProof.read(_attached(pdf)["proof.txt"])
    assert proof.entry is not None
    assert reconciliation_id.encode() in proof.entry
    assert _checked(ward, proof, proof.entry)
    assert not _checked(ward, proof, proof.entry.replace(b"500000", b"400000"))


def test_the_code_on_paper_says_what_the_attachment_says(ward: Ward) -> None:
    pdf = _printed(ward, ward.reconcile_short_of_a_vial())
    attached = WrittenProof.read(_attached(pdf)["proof.txt"])
    [text] = _codes(pdf)
    seen = WrittenProof.from_qr(text)
    assert (seen.index, seen.hashes, seen.note) == (
        attached.index,
        attached.hashes,
        attached.note,
    )


def test_the_checkpoint_is_printed_in_full(ward: Ward) -> None:
    pdf = _printed(ward, ward.reconcile_short_of_a_vial())
    note = WrittenProof.read(_attached(pdf)["proof.txt"]).note
    printed = "".join(" ".join(samples.pages_of(pdf)).split())
    for line in note.split("\n"):
        assert "".join(line.split()) in printed
    size = Checkpoint.claimed_by(note).size
    assert f"signedincheckpoint{size}" in printed


def test_the_first_checkpoint_that_covers_a_report_is_printed_for_ever(
    ward: Ward,
) -> None:
    reconciliation_id = ward.reconcile_short_of_a_vial()
    ward.receive(1)
    printed = _printed(ward, reconciliation_id)
    ward.clinic.clock.advance(timedelta(hours=1))
    ward.receive(1)
    here, clock = ward.clinic.registration_id, ward.clinic.clock
    with ward.clinic.database.transaction() as db:
        later = checkpoints.make(db, here, keys=LOG_KEYS, clock=clock)
    proof = WrittenProof.read(_attached(printed)["proof.txt"])
    assert Checkpoint.claimed_by(proof.note).size == later.size - 1
    assert _printed(ward, reconciliation_id) == printed


def test_a_ledger_carries_the_checkpoint_of_its_last_entry(ward: Ward) -> None:
    product_id = ward.work().lines[0].product_id
    pdf = ward.print_ledger(product_id)
    note = _attached(pdf)["checkpoint.txt"]
    here = ward.clinic.registration_id
    stated = Checkpoint.read(open_note(note, LOG_KEYS.verifiers(here)).text)
    with ward.clinic.database.reading() as db:
        head = book.read_head(db, here)
    assert (stated.size, stated.root) == (head.size, head.root)
    assert _codes(pdf) == [note]


@pytest.mark.parametrize(
    "pdf",
    [
        reconciliation.render(samples.short_of_a_vial()),
        perpetual_ledger.render(samples.ledger(3)),
    ],
    ids=["reconciliation", "ledger"],
)
def test_the_evidence_stands_on_one_page(pdf: bytes) -> None:
    [page] = [text for text in samples.pages_of(pdf) if "How to check" in text]
    assert "countersign/reg_01M6E8YKR0K0CN05224HP39K6V 1490" in page


def test_the_lines_to_sign_on_stand_below_their_heading() -> None:
    pages = samples.pages_of(reconciliation.render(samples.short_of_a_vial()))
    [page] = [text for text in pages if "Signatures" in text]
    assert "Counted by:" in page
    assert "Reviewed by:" in page
