"""Checkpoints reach their witnesses once, and one that stays behind is said aloud."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from inventory.evidence import checkpoints
from inventory.evidence.keys import origin
from inventory.evidence.witnesses.backlog import overdue
from inventory.evidence.witnesses.directory import DirectoryWitness
from inventory.evidence.witnesses.mail import MAIL_INTERVAL, MailRelay, MailWitness
from inventory.evidence.witnesses.own_key import new_signer
from inventory.evidence.witnesses.receipts import keep_receipt, last_receipts
from inventory.evidence.witnesses.register import Register
from inventory.evidence.witnesses.wire import AddCheckpoint, write_request
from inventory.evidence.witnesses.witness import (
    AskableWitness,
    Submission,
    Trouble,
    Witness,
)
from inventory.journal.notes import Checkpoint, Signer, Verifier, open_note
from tests.clinic import Clinic
from tests.mailbox import Mailbox
from tests.witnessed import Witnessed

SIGNER = new_signer("clinic-b.example/witness")


@pytest.fixture
def books(clinic: Clinic) -> Witnessed:
    """Books with three entries and a checkpoint over them."""
    books = Witnessed(clinic)
    books.record(3)
    books.sign()
    return books


@pytest.fixture
def drive(tmp_path: Path) -> DirectoryWitness:
    """A drive that is there."""
    (tmp_path / "drive").mkdir()
    return DirectoryWitness(tmp_path / "drive")


class NextDoor(AskableWitness):
    """Our own witness, asked without the wire between."""

    def __init__(self, folder: Path, books: Witnessed, signer: Signer = SIGNER) -> None:
        self.name = signer.name
        book_id, clock = books.clinic.registration_id, books.clinic.clock
        logs = {origin(book_id): books.keys.verifiers(book_id)}
        self.register = Register(folder, signer=signer, logs=logs, clock=clock)

    def hold(self, submission: Submission) -> str:
        """Let the register cosign."""
        size = submission.known_size
        request = AddCheckpoint(size, submission.prove(size), submission.note)
        return self.register.add(write_request(request)).rstrip("\n")

    def recall(self, origin: str, log_keys: Collection[Verifier]) -> Checkpoint | None:
        """Nobody asks."""
        raise NotImplementedError


def test_a_checkpoint_reaches_each_witness_once(
    books: Witnessed, drive: DirectoryWitness, tmp_path: Path
) -> None:
    witness = NextDoor(tmp_path / "b", books)
    first = books.deliver(drive, witness)
    assert [(each.witness, each.trouble) for each in first] == [
        (drive.name, None),
        (witness.name, None),
    ]
    assert books.deliver(drive, witness) == []
    witness.register.close()


def test_a_witness_is_shown_that_the_book_went_on(
    books: Witnessed, tmp_path: Path
) -> None:
    witness = NextDoor(tmp_path / "b", books)
    for entries in (1, 4, 9, 2):
        [delivered] = books.deliver(witness)
        assert delivered.trouble is None
        books.record(entries)
        books.sign()
    witness.register.close()


def test_a_cosignature_is_kept_under_its_checkpoint(
    books: Witnessed, drive: DirectoryWitness, tmp_path: Path
) -> None:
    witness = NextDoor(tmp_path / "b", books)
    books.deliver(drive, witness)
    with books.clinic.database.reading() as db:
        signed = checkpoints.latest(db, books.clinic.registration_id)
        assert signed is not None
        note = checkpoints.cosigned_note(db, signed)
    assert len(open_note(note, [SIGNER.verifier]).signatures) == 1
    assert note.count("\n— ") == 2  # the log and the witness; a drive signs nothing
    witness.register.close()


def test_what_one_witness_refuses_stops_no_other(
    books: Witnessed, drive: DirectoryWitness, tmp_path: Path
) -> None:
    missing = DirectoryWitness(tmp_path / "missing")
    found = books.deliver(missing, drive)
    assert [each.trouble for each in found] == [Trouble.SILENT, None]
    assert "is not there" in found[0].sentence
    [again] = books.deliver(missing, drive)
    assert again.witness == missing.name


def test_a_book_without_a_checkpoint_has_nothing_to_hand_over(
    clinic: Clinic, drive: DirectoryWitness
) -> None:
    assert Witnessed(clinic).deliver(drive) == []


def test_a_receipt_is_kept_once(books: Witnessed) -> None:
    clinic = books.clinic
    for line in ("first", "second"):
        with clinic.database.transaction() as db:
            keep_receipt(
                db,
                clinic.registration_id,
                3,
                witness="w",
                line=line,
                at=clinic.clock.now(),
            )
    with clinic.database.reading() as db:
        assert list(last_receipts(db, clinic.registration_id)) == ["w"]


def test_a_mailbox_gets_one_checkpoint_a_day(books: Witnessed) -> None:
    clock = books.clinic.clock
    with Mailbox() as mailbox:
        relay = MailRelay(host="127.0.0.1", port=mailbox.port)
        witness = MailWitness("olga@harbor.example", relay=relay, clock=clock)
        for wait in (timedelta(0), timedelta(minutes=1), MAIL_INTERVAL):
            clock.advance(wait)
            books.record()
            books.sign()
            books.deliver(witness)
    assert [mail["Subject"].split(": ")[1] for mail in mailbox.mails] == [
        "4 entries",
        "6 entries",
    ]


def test_a_witness_is_late_after_fifteen_minutes(
    books: Witnessed, drive: DirectoryWitness
) -> None:
    clock = books.clinic.clock
    assert _overdue(books, drive) == []
    clock.advance(timedelta(minutes=15))
    assert _overdue(books, drive) == []
    clock.advance(timedelta(seconds=1))
    [late] = _overdue(books, drive)
    assert late.startswith(f"The witness {drive.name} lacks 3 entries of the book")
    books.deliver(drive)
    assert _overdue(books, drive) == []


def test_the_oldest_entry_counts_not_the_last(
    books: Witnessed, drive: DirectoryWitness
) -> None:
    books.deliver(drive)
    books.record()
    books.clinic.clock.advance(timedelta(minutes=16))
    books.record()
    [late] = _overdue(books, drive)
    assert "lacks 2 entries" in late


def test_one_witness_in_time_does_not_hide_another_that_is_late(
    books: Witnessed, drive: DirectoryWitness, tmp_path: Path
) -> None:
    books.deliver(drive)
    books.clinic.clock.advance(timedelta(minutes=16))
    missing = DirectoryWitness(tmp_path / "missing")
    [late] = _overdue(books, drive, missing)
    assert missing.name in late


def test_a_mailbox_is_late_only_after_its_day(books: Witnessed) -> None:
    clock = books.clinic.clock
    relay = MailRelay(host="127.0.0.1", port=1)
    witness = MailWitness("olga@harbor.example", relay=relay, clock=clock)
    clock.advance(MAIL_INTERVAL + timedelta(minutes=15))
    assert _overdue(books, witness) == []
    clock.advance(timedelta(seconds=1))
    assert len(_overdue(books, witness)) == 1


def _overdue(books: Witnessed, *witnesses: Witness) -> list[str]:
    with books.clinic.database.reading() as db:
        return [str(each) for each in overdue(db, witnesses, clock=books.clinic.clock)]
