"""A directory holds every checkpoint it is handed, and never another in its place."""

import errno
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.evidence.witnesses import durable
from inventory.evidence.witnesses.directory import DirectoryWitness
from inventory.evidence.witnesses.witness import Trouble, WitnessError
from inventory.journal.notes import sign
from tests.logs import ORIGIN, Log

LOG = Log()
FORK = Log(forked_at=3)
KEYS = [LOG.signer.verifier]


@pytest.fixture
def witness(tmp_path: Path) -> DirectoryWitness:
    """A directory that is there."""
    return DirectoryWitness(tmp_path)


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ORIGIN).iterdir())


def test_it_recalls_the_largest_it_was_handed(
    witness: DirectoryWitness, tmp_path: Path
) -> None:
    assert witness.recall(ORIGIN, KEYS) is None
    for size in (9, 100, 20):
        assert witness.hold(LOG.submission(size)) == ""
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(100)
    assert _files(tmp_path) == [f"{size:019}.checkpoint" for size in (9, 20, 100)]


def test_a_file_is_the_signed_note_and_nothing_else(
    witness: DirectoryWitness, tmp_path: Path
) -> None:
    witness.hold(LOG.submission(5))
    (path,) = (tmp_path / ORIGIN).iterdir()
    assert path.read_bytes() == LOG.note(5).encode()


def test_the_same_checkpoint_is_taken_twice_also_under_a_new_key(
    witness: DirectoryWitness, tmp_path: Path
) -> None:
    renewed = Log(signed_by="new key")
    witness.hold(LOG.submission(5))
    witness.hold(LOG.submission(5))
    keys = [renewed.signer.verifier, *KEYS]
    witness.hold(replace(renewed.submission(5), log_keys=keys))
    assert (tmp_path / ORIGIN / f"{5:019}.checkpoint").read_text() == LOG.note(5)


def test_another_root_of_the_same_size_is_refused_and_the_first_one_kept(
    witness: DirectoryWitness, tmp_path: Path
) -> None:
    witness.hold(LOG.submission(5))
    assert _trouble(lambda: witness.hold(FORK.submission(5))) is Trouble.CONTRADICTS
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(5)
    assert _files(tmp_path) == [f"{5:019}.checkpoint"]


def test_a_directory_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    witness = DirectoryWitness(tmp_path / "drive")
    assert _trouble(lambda: witness.hold(LOG.submission(5))) is Trouble.SILENT
    assert _trouble(lambda: witness.recall(ORIGIN, KEYS)) is Trouble.SILENT
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "content"),
    [
        (5, b""),
        (5, LOG.note(5).encode()[:-9]),
        (5, sign(str(LOG.checkpoint(5)), Log(signed_by="thief").signer).encode()),
        (5, LOG.note(4).encode()),
        (5, Log("countersign/reg_other").note(5).encode()),
        (5, b"\xff\xfe"),
    ],
    ids=["empty", "torn", "other key", "other size", "other book", "no text"],
)
def test_what_we_did_not_sign_is_not_recalled(
    witness: DirectoryWitness, tmp_path: Path, size: int, content: bytes
) -> None:
    (tmp_path / ORIGIN).mkdir(parents=True)
    (tmp_path / ORIGIN / f"{size:019}.checkpoint").write_bytes(content)
    assert _trouble(lambda: witness.recall(ORIGIN, KEYS)) is Trouble.UNTRUSTED


def test_a_full_drive_is_silent_and_keeps_no_half_file(
    witness: DirectoryWitness, tmp_path: Path
) -> None:
    witness.hold(LOG.submission(4))
    with _at_most_bytes(10):
        assert _trouble(lambda: witness.hold(LOG.submission(5))) is Trouble.SILENT
    assert _files(tmp_path) == [f"{4:019}.checkpoint"]


def test_a_drive_that_knows_no_links_is_written_to_and_never_over(
    witness: DirectoryWitness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_on_fat(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", as_on_fat)
    witness.hold(LOG.submission(5))
    assert _trouble(lambda: witness.hold(FORK.submission(5))) is Trouble.CONTRADICTS
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(5)
    assert _files(tmp_path) == [f"{5:019}.checkpoint"]


def test_of_many_who_write_one_name_at_once_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "one"
    contents = [f"content {n}".encode() for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        first = list(
            pool.map(lambda content: durable.write_new(path, content), contents)
        )
    assert first.count(True) == 1
    assert path.read_bytes() == contents[first.index(True)]
    assert list(tmp_path.iterdir()) == [path]


@contextmanager
def _at_most_bytes(limit: int) -> Iterator[None]:
    """Let no file of this process grow further."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _trouble(attempt: Callable[[], object]) -> Trouble:
    with pytest.raises(WitnessError) as caught:
        attempt()
    return caught.value.trouble
