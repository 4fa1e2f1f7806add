"""What our own witness remembers and decides (C2SP tlog-witness).

For each origin one file holds the last checkpoint it cosigned. A checkpoint is cosigned
only if it continues that one, and the answer is given only after it stands on disk in
its place: so two roots of one size are never cosigned, and the file only moves forward
(invariant I18).
"""

import sqlite3
from collections.abc import Collection, Mapping
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from inventory.evidence.witnesses import durable
from inventory.evidence.witnesses.wire import (
    AddCheckpoint,
    MalformedRequestError,
    hash_origin,
    read_request,
)
from inventory.journal import tree
from inventory.journal.notes import (
    Checkpoint,
    MalformedNoteError,
    NoteError,
    OpenedNote,
    Signer,
    Verifier,
    cosign,
    open_note,
    with_lines,
)
from inventory.kernel.clock import Clock

Logs = Mapping[str, Collection[Verifier]]


class RefusedError(Exception):
    """A request is not followed.

    Attributes:
        status: as tlog-witness names it.
        held_size: size of the checkpoint the witness holds, with 409.
    """

    def __init__(
        self, status: HTTPStatus, sentence: str, *, held_size: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.held_size = held_size


class FolderInUseError(Exception):
    """Another witness works in this folder."""


class Register:
    """The last cosigned checkpoint of each log that the witness knows."""

    def __init__(
        self, folder: Path, *, signer: Signer, logs: Logs, clock: Clock
    ) -> None:
        """Take hold of the folder.

        Args:
            folder: where the files are; made if it is not there.
            signer: the witness's own key.
            logs: the keys that may sign for each origin.
            clock: gives the time of each cosignature.

        Raises:
            FolderInUseError: two witnesses over one folder could cosign two roots.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._signer = signer
        self._logs = logs
        self._clock = clock
        self._compare_and_write = Lock()
        self._folder_lock = _hold_alone(folder)

    def add(self, body: bytes) -> str:
        """Cosign a checkpoint that continues the last one.

        Args:
            body: of `POST /add-checkpoint`.

        Returns:
            The cosignature line.

        Raises:
            RefusedError: with the status that the protocol names.
        """
        request = _read(body)
        opened = self._opened(request.note)
        checkpoint = _checkpoint(opened)
        _require(
            request.old_size <= checkpoint.size,
            HTTPStatus.BAD_REQUEST,
            "The old size is greater than the checkpoint's.",
        )
        with self._compare_and_write:
            self._require_continued(request, checkpoint)
            line = cosign(checkpoint, self._signer, at=self._clock.now())
            lines = [*(each.line for each in opened.signatures), line]
            note = with_lines(f"{opened.text}\n", lines)
            durable.replace(self._path(checkpoint.origin), note.encode())
        return f"{line}\n"

    def note(self, origin_hash: str) -> str | None:
        """Give the last cosigned checkpoint of an origin, known by its SHA-256."""
        for origin in self._logs:
            if hash_origin(origin) == origin_hash:
                return self._held_note(origin)
        return None

    def close(self) -> None:
        """Let the folder go."""
        self._folder_lock.close()

    def _opened(self, note: str) -> OpenedNote:
        verifiers = self._logs.get(note.partition("\n")[0])
        if verifiers is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "This log is not known here.")
        try:
            return open_note(note, verifiers)
        except MalformedNoteError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error
        except NoteError as error:
            raise RefusedError(HTTPStatus.FORBIDDEN, str(error)) from error

    def _require_continued(self, request: AddCheckpoint, new: Checkpoint) -> None:
        held = self._held(new.origin)
        if request.old_size != held.size:
            raise RefusedError(
                HTTPStatus.CONFLICT,
                "The old size is not that of the last checkpoint held.",
                held_size=held.size,
            )
        continues = tree.is_consistent(
            (held.size, held.root), (new.size, new.root), request.proof
        )
        _require(
            continues and (new.size > 0 or new.root == tree.EMPTY_ROOT),
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The checkpoint does not continue the last one held.",
        )

    def _held(self, origin: str) -> Checkpoint:
        note = self._held_note(origin)
        if note is None:
            return Checkpoint(origin, 0, tree.EMPTY_ROOT)
        # A file that does not open stops the witness: it must not start from nothing.
        return Checkpoint.read(open_note(note, [self._signer.verifier]).text)

    def _held_note(self, origin: str) -> str | None:
        path = self._path(origin)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hash_origin(origin)}.checkpoint"


def _read(body: bytes) -> AddCheckpoint:
    try:
        return read_request(body)
    except MalformedRequestError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _checkpoint(opened: OpenedNote) -> Checkpoint:
    try:
        return Checkpoint.read(opened.text)
    except MalformedNoteError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _require(holds: bool, status: HTTPStatus, sentence: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise RefusedError(status, sentence)


def _hold_alone(folder: Path) -> sqlite3.Connection:
    """Lock the folder for as long as the process lives, on every system alike.

    The locks of SQLite are those of the operating system: a crash lets go of them.
    """
    lock = sqlite3.connect(
        folder / "lock", isolation_level=None, timeout=0, check_same_thread=False
    )
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise FolderInUseError(f"another witness works in {folder}") from error
    return lock
