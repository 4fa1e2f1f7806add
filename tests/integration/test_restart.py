"""After a start the service writes only if its books go on from the witnesses' ones."""

import shutil
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inventory.db import Database
from inventory.evidence.restart import ASK_AGAIN_AFTER, WritePermit
from inventory.evidence.witnesses.directory import DirectoryWitness
from inventory.evidence.witnesses.witness import AskableWitness, Submission, Witness
from inventory.journal import book
from inventory.journal.notes import Checkpoint, Verifier
from inventory.kernel.errors import ErrorCode, InventoryError
from tests.clinic import Clinic
from tests.witnessed import Witnessed

SIZE = 5


@pytest.fixture
def books(clinic: Clinic) -> Witnessed:
    """Books with five entries and a checkpoint over them."""
    books = Witnessed(clinic)
    books.record(SIZE)
    books.sign()
    return books


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """A drive that is mounted."""
    folder = tmp_path / "drive"
    folder.mkdir()
    return folder


def guard(books: Witnessed, *witnesses: Witness) -> None:
    """Start the service anew, over the same books."""
    clinic = books.clinic
    permit = WritePermit(
        clinic.database, witnesses=witnesses, keys=books.keys, clock=clinic.clock
    )
    clinic.database.guard_writing(permit)


def refused(books: Witnessed) -> str:
    """Expect that nothing can be recorded; tell why."""
    before = _size(books)
    with pytest.raises(InventoryError) as refusal:
        books.record()
    assert refusal.value.code is ErrorCode.READ_ONLY
    assert _size(books) == before, "reading goes on and nothing was written"
    assert isinstance(refusal.value.data["reason"], str)
    return refusal.value.data["reason"]


def test_books_that_no_witness_ever_held_are_written_to(
    books: Witnessed, drive: Path
) -> None:
    guard(books, DirectoryWitness(drive))
    books.record()


def test_books_without_any_witness_are_written_to(books: Witnessed) -> None:
    guard(books)
    books.record()


@pytest.mark.parametrize("later_entries", [0, 4])
def test_books_that_agree_are_written_to(
    books: Witnessed, drive: Path, later_entries: int
) -> None:
    books.deliver(DirectoryWitness(drive))
    books.record(later_entries)
    guard(books, DirectoryWitness(drive))
    books.record()


def test_books_behind_a_witness_are_not_written_to(
    books: Witnessed, drive: Path
) -> None:
    books.plant(drive, SIZE + 1, bytes(32))
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "behind_witness"


@pytest.mark.parametrize("size", [SIZE - 2, SIZE])
def test_books_of_another_root_are_not_written_to(
    books: Witnessed, drive: Path, size: int
) -> None:
    books.plant(drive, size, bytes(32))
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "root_differs"


def test_one_contradiction_weighs_more_than_any_agreement(
    books: Witnessed, drive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    books.deliver(DirectoryWitness(drive))
    books.plant(other, SIZE + 1, bytes(32))
    guard(books, DirectoryWitness(drive), DirectoryWitness(other))
    assert refused(books) == "behind_witness"


def test_one_agreement_is_enough_while_others_are_silent(
    books: Witnessed, drive: Path, tmp_path: Path
) -> None:
    books.deliver(DirectoryWitness(drive))
    guard(books, DirectoryWitness(tmp_path / "away"), DirectoryWitness(drive))
    books.record()


def test_silence_of_one_that_held_the_book_confirms_nothing(
    books: Witnessed, drive: Path
) -> None:
    books.deliver(DirectoryWitness(drive))
    shutil.rmtree(drive)
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "witness_silent"


def test_silence_of_one_that_never_held_the_book_is_no_objection(
    books: Witnessed, tmp_path: Path
) -> None:
    guard(books, DirectoryWitness(tmp_path / "not yet"))
    books.record()


def test_an_empty_mount_point_does_not_pass_for_the_drive(
    books: Witnessed, drive: Path
) -> None:
    books.deliver(DirectoryWitness(drive))
    shutil.rmtree(drive)
    drive.mkdir()
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "witness_forgot"


def test_a_file_that_we_did_not_sign_confirms_nothing(
    books: Witnessed, drive: Path
) -> None:
    path = drive / books.plant(drive, SIZE, bytes(32)).origin / f"{9:019}.checkpoint"
    path.write_text("nothing", encoding="ascii")
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "witness_untrusted"


def test_a_witness_that_comes_back_is_asked_again_after_a_while(
    books: Witnessed, drive: Path
) -> None:
    books.deliver(DirectoryWitness(drive))
    drive.rename(drive.with_name("away"))
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "witness_silent"
    drive.with_name("away").rename(drive)
    books.clinic.clock.advance(ASK_AGAIN_AFTER - timedelta(seconds=1))
    assert refused(books) == "witness_silent"
    books.clinic.clock.advance(timedelta(seconds=1))
    books.record()


def test_once_permitted_no_witness_is_asked_again(
    books: Witnessed, drive: Path
) -> None:
    books.deliver(DirectoryWitness(drive))
    guard(books, DirectoryWitness(drive))
    books.record()
    shutil.rmtree(drive)
    books.clinic.clock.advance(ASK_AGAIN_AFTER)
    books.record()


def test_entries_made_while_a_witness_answers_do_not_count_against_the_books(
    books: Witnessed, drive: Path
) -> None:
    guard(books, _Busy(books, drive))
    books.record()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_books_that_were_put_back_from_a_copy_of_the_file_are_found_out(
    books: Witnessed, drive: Path, tmp_path: Path
) -> None:
    database = books.clinic.database
    file, copy = Path(str(database.engine.url.database)), tmp_path / "copy"
    database.dispose()
    shutil.copy(file, copy)
    books.record(3)
    books.sign()
    books.deliver(DirectoryWitness(drive))
    database.dispose()
    shutil.copy(copy, file)
    guard(books, DirectoryWitness(drive))
    assert refused(books) == "behind_witness"


class _Busy(AskableWitness):
    """A drive on which another process puts a checkpoint just before it answers."""

    def __init__(self, books: Witnessed, drive: Path) -> None:
        self.name = "busy"
        self._books = books
        self._drive = DirectoryWitness(drive)

    def hold(self, submission: Submission) -> str:
        """Nobody hands it anything."""
        raise NotImplementedError

    def recall(self, origin: str, log_keys: Collection[Verifier]) -> Checkpoint | None:
        """Answer with what has only just come about."""
        url = self._books.clinic.database.engine.url
        database = Database(url.render_as_string(hide_password=False))
        elsewhere = replace(
            self._books, clinic=replace(self._books.clinic, database=database)
        )
        elsewhere.record()
        elsewhere.sign()
        elsewhere.deliver(self._drive)
        database.dispose()
        return self._drive.recall(origin, log_keys)


def _size(books: Witnessed) -> int:
    with books.clinic.database.reading() as db:
        return book.read_head(db, books.clinic.registration_id).size
