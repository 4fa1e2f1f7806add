"""The log key of this installation, and the keys that were in use before it.

One Ed25519 key signs for all books; each book has its own origin, which is the name in
its signature lines. Beside the key stands a list of every public key that ever signed
here, so that what was signed before a rotation can still be verified.
"""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from config.settings import Settings
from inventory.journal.notes import Signer, Verifier

FOLDER: Final = "keys"
KEY_FILE: Final = "log-key.pem"
KNOWN_FILE: Final = "known-log-keys"


class LogKeyError(Exception):
    """There is no key to sign with; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The key that signs, and the public keys that signed before it."""

    current: Ed25519PrivateKey = field(repr=False)
    old: tuple[bytes, ...] = ()

    def signer(self, book_id: str) -> Signer:
        """Give the signer of a book."""
        return Signer(origin(book_id), self.current)

    def verifiers(self, book_id: str) -> tuple[Verifier, ...]:
        """Give the verifier keys of a book, the current one first."""
        name = origin(book_id)
        return self.signer(book_id).verifier, *(Verifier(name, key) for key in self.old)


def origin(book_id: str) -> str:
    """Name a book to the world: by its identifier, which tells nothing of the site."""
    return f"countersign/{book_id}"


def load(settings: Settings) -> LogKeys:
    """Give the keys, making the first one in a new installation.

    Raises:
        LogKeyError: when the key that signed here is gone. It is not replaced unasked:
            a new key is something that whoever verifies must be told.
    """
    folder = _folder(settings)
    # Read before the key: another process may be making the first one right now.
    known = _known(folder)
    pem = settings.log_key or _kept(folder)
    if pem is None:
        if known:
            raise LogKeyError(
                f"The log key is gone from {folder / KEY_FILE}. Restore it from the "
                "backup, or begin a new one with: countersign keys rotate"
            )
        _keep_first(folder)
        pem = _kept(folder)
    return _loaded(folder, pem or "")


def rotate(settings: Settings) -> LogKeys:
    """Begin a new key; what the old ones signed can still be verified.

    Raises:
        LogKeyError: when the key is not kept here but given in the settings.
    """
    if settings.log_key is not None:
        raise LogKeyError(
            "The key is given by COUNTERSIGN_LOG_KEY. Put a new one there and start "
            "the service again; the old one stays among those that verify."
        )
    folder = _folder(settings)
    key = Ed25519PrivateKey.generate()
    # Known before it signs: a crash in between leaves a key that signed nothing.
    _note(folder, key)
    with NamedTemporaryFile("w", dir=folder, delete=False) as draft:
        _write(draft.fileno(), _pem(key))
    Path(draft.name).replace(folder / KEY_FILE)
    return load(settings)


def _loaded(folder: Path, pem: str) -> LogKeys:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey), "settings and rotation give no other"
    public_key = key.public_key().public_bytes_raw()
    if public_key not in _known(folder):
        _note(folder, key)
    return LogKeys(key, tuple(each for each in _known(folder) if each != public_key))


def _folder(settings: Settings) -> Path:
    folder = settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _kept(folder: Path) -> str | None:
    path = folder / KEY_FILE
    return path.read_text(encoding="ascii") if path.exists() else None


def _keep_first(folder: Path) -> None:
    """Make the key; it appears whole, and of two that are made at once one wins."""
    with NamedTemporaryFile("w", dir=folder) as draft:
        _write(draft.fileno(), _pem(Ed25519PrivateKey.generate()))
        with suppress(FileExistsError):
            os.link(draft.name, folder / KEY_FILE)


def _known(folder: Path) -> list[bytes]:
    path = folder / KNOWN_FILE
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return list(dict.fromkeys(b64decode(line, validate=True) for line in lines))


def _note(folder: Path, key: Ed25519PrivateKey) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    file = os.open(folder / KNOWN_FILE, flags, 0o600)
    try:
        _write(file, b64encode(key.public_key().public_bytes_raw()) + b"\n")
    finally:
        os.close(file)


def _write(file: int, data: bytes) -> None:
    os.write(file, data)
    os.fsync(file)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
