"""A witness that is a directory: a mounted drive, a share of another house.

`<directory>/<origin>/<size>.checkpoint`, one signed note a file. What stands there is
never written over; the directory itself is never made, because an empty mount point
would then pass for the drive that belongs there.
"""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from inventory.evidence.witnesses.durable import write_new
from inventory.evidence.witnesses.witness import (
    AskableWitness,
    Submission,
    Trouble,
    WitnessError,
)
from inventory.journal.notes import Checkpoint, NoteError, Verifier, open_note

SUFFIX: Final = ".checkpoint"
SIZE_DIGITS: Final = 19  # of the largest position: names sort as sizes do

_ORIGIN: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


class DirectoryWitness(AskableWitness):
    """Keeps each checkpoint as a file."""

    def __init__(self, path: Path) -> None:
        self.name = f"dir:{path}"
        self._path = path

    def hold(self, submission: Submission) -> str:
        """Write the checkpoint as a new file, whole or not at all."""
        checkpoint = submission.checkpoint
        self._require_there()
        try:
            folder = self._folder(checkpoint.origin)
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{checkpoint.size:0{SIZE_DIGITS}}{SUFFIX}"
            if not write_new(path, submission.note.encode()):
                _require_same(path, submission)
        except OSError as error:
            raise self._silent(error) from error
        return ""

    def recall(self, origin: str, log_keys: Collection[Verifier]) -> Checkpoint | None:
        """Read the file of the largest size."""
        self._require_there()
        try:
            paths = sorted(self._folder(origin).glob(f"*{SUFFIX}"))
            return _read(paths[-1], origin, log_keys) if paths else None
        except OSError as error:
            raise self._silent(error) from error

    def _folder(self, origin: str) -> Path:
        assert _ORIGIN.fullmatch(origin), "an origin is made of our own identifiers"
        return self._path / origin

    def _require_there(self) -> None:
        if not self._path.is_dir():
            raise WitnessError(
                Trouble.SILENT,
                f"{self._path} is not there. Mount the drive or make the directory.",
            )

    def _silent(self, error: OSError) -> WitnessError:
        sentence = f"{self._path} cannot be used: {error.strerror}."
        return WitnessError(Trouble.SILENT, sentence)


def _require_same(path: Path, submission: Submission) -> None:
    """Another signature of the same checkpoint is fine (a new key); no other root.

    Raises:
        WitnessError: CONTRADICTS, or UNTRUSTED.
    """
    checkpoint = submission.checkpoint
    if _read(path, checkpoint.origin, submission.log_keys) != checkpoint:
        raise WitnessError(
            Trouble.CONTRADICTS,
            f"{path} holds another root for {checkpoint.size} events. "
            "Keep this file: it is evidence that the book was changed.",
        )


def _read(path: Path, origin: str, log_keys: Collection[Verifier]) -> Checkpoint:
    """Read a checkpoint that our log key signed.

    Raises:
        WitnessError: UNTRUSTED.
    """
    try:
        note = path.read_text(encoding="utf-8")
        held = Checkpoint.read(open_note(note, log_keys).text)
    except (NoteError, UnicodeDecodeError) as error:
        sentence = f"{path} is no checkpoint that this service signed."
        raise WitnessError(Trouble.UNTRUSTED, sentence) from error
    if held.origin != origin or path.name != f"{held.size:0{SIZE_DIGITS}}{SUFFIX}":
        sentence = f"{path} holds another checkpoint than its name says."
        raise WitnessError(Trouble.UNTRUSTED, sentence)
    return held
