"""Files that are either there whole, also after a power cut, or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)


def write_new(path: Path, content: bytes, *, mode: int = 0o644) -> bool:
    """Write a file that is not there yet.

    Returns:
        False if a file of this name was there; it is left as it was.
    """
    with _written_beside(path, content, mode) as beside:
        try:
            _name_once(beside, path)
        except FileExistsError:
            return False
    _sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    """Put a new content in the place of an old one, in one step."""
    with _written_beside(path, content, 0o644) as beside:
        beside.replace(path)
    _sync_folder(path.parent)


@contextmanager
def _written_beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.partial")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(beside, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _name_once(beside: Path, path: Path) -> None:
    """Give a written file its name, unless the name is taken."""
    try:
        path.hardlink_to(beside)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A stick in FAT knows no links. Between this look and the renaming there is a
        # gap, in which only another process of ours could write.
        if path.exists():
            raise FileExistsError(errno.EEXIST, "already there") from error
        beside.rename(path)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can."""
    with suppress(PermissionError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
