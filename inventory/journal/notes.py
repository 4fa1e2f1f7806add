"""Signed notes and checkpoints, as the C2SP specifications write them. PURE.

A note is text, an empty line, and signature lines (c2sp.org/signed-note). A checkpoint
is the note of a log: origin, size and root of its tree (c2sp.org/tlog-checkpoint). A
cosignature is a witness's dated signature under it (c2sp.org/tlog-cosignature).
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

NOTE_CHARACTERS_MAX: Final = 1_000_000
SIGNATURES_MAX: Final = 100
_SIZE_MAX: Final = 2**63 - 1
_HASH_BYTES: Final = 32
KEY_HASH_BYTES: Final = 4
_TIME_BYTES: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)

_MARK: Final = "\u2014 "  # an em dash and a space begin a signature line
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME: Final = re.compile(r"[^\s+]+")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_HASH: Final = re.compile(r"[0-9a-f]{8}")


class NoteError(ValueError):
    """A note, a checkpoint or a key that must not be trusted."""


class MalformedNoteError(NoteError):
    """It is not written as the specification demands."""


class ForgedNoteError(NoteError):
    """A signature in the name of a known key does not fit the text."""


class UnsignedNoteError(NoteError):
    """No known key has signed it."""


class Algorithm(IntEnum):
    """The signature types we use, by the byte that the specification gives them."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, number of leaves, and root of the tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def claimed_by(cls, note: str) -> "Checkpoint":
        """Read what a note claims, without looking who signed it.

        Raises:
            MalformedNoteError: when it is not the note of a checkpoint.
        """
        return cls.read(taken_apart(note)[0])

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint; extension lines are refused.

        Raises:
            MalformedNoteError: when it is not exactly origin, size and root.
        """
        match text.split("\n"):
            case [origin, size, root, ""] if origin and _SIZE.fullmatch(size):
                checkpoint = cls(origin, int(size), _bytes(root))
                if len(checkpoint.root) == _HASH_BYTES and checkpoint.size <= _SIZE_MAX:
                    return checkpoint
        raise MalformedNoteError("A checkpoint is three lines: origin, size and root.")


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key, under the name that stands in signature lines."""

    name: str
    public_key: bytes
    algorithm: Algorithm = Algorithm.ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise MalformedNoteError("A key's name has no spaces and no plus sign.")
        if len(self.public_key) != _HASH_BYTES:
            raise MalformedNoteError("An Ed25519 key has 32 bytes.")

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of the hash of name, algorithm and key."""
        named = self.name.encode() + b"\n" + self._typed_key()
        return hashlib.sha256(named).digest()[:KEY_HASH_BYTES]

    def __str__(self) -> str:
        """Write the verifier key: name, hash and key, joined by plus signs."""
        return f"{self.name}+{self.key_hash.hex()}+{_base64(self._typed_key())}"

    @classmethod
    def read(cls, text: str) -> "Verifier":
        """Read a verifier key.

        Raises:
            MalformedNoteError: for another form or algorithm, or a hash that does not
                fit.
        """
        name, _, rest = text.partition("+")
        key_hash, _, key = rest.partition("+")
        typed_key = _bytes(key)
        if not typed_key or typed_key[0] not in list(Algorithm):
            raise MalformedNoteError("This verifier key has an algorithm we lack.")
        verifier = cls(name, typed_key[1:], Algorithm(typed_key[0]))
        if not _KEY_HASH.fullmatch(key_hash) or key_hash != verifier.key_hash.hex():
            raise MalformedNoteError("This verifier key and its hash do not fit.")
        return verifier

    def check(self, text: str, signature: bytes) -> datetime | None:
        """Check a signature over a text; give the time that a cosignature states.

        Raises:
            ForgedNoteError: when it does not fit.
        """
        at, message = None, text.encode()
        if self.algorithm is Algorithm.COSIGNATURE:
            seconds = int.from_bytes(signature[:_TIME_BYTES])
            if len(signature) < _TIME_BYTES or seconds > _LATEST:
                raise ForgedNoteError(f"{self.name} states no possible time.")
            at = _EPOCH + timedelta(seconds=seconds)
            message, signature = _cosigned(text, seconds), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(
                signature, message
            )
        except (InvalidSignature, ValueError) as error:
            raise ForgedNoteError(f"{self.name} did not sign this text.") from error
        return at

    def _typed_key(self) -> bytes:
        return bytes([self.algorithm]) + self.public_key


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs, under the name that stands in signature lines."""

    name: str
    private_key: Ed25519PrivateKey = field(repr=False)
    algorithm: Algorithm = Algorithm.ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public_key = self.private_key.public_key().public_bytes_raw()
        return Verifier(self.name, public_key, self.algorithm)

    def line(self, message: bytes, prefix: bytes = b"") -> str:
        """Sign, and write the signature line without its line end."""
        signature = prefix + self.private_key.sign(message)
        return str(SignatureLine(self.name, self.verifier.key_hash, signature))


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature as it stands under a note, whoever may have made it."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        """Write the line, without its line end."""
        return f"{_MARK}{self.name} {_base64(self.key_hash + self.signature)}"

    @classmethod
    def read(cls, line: str) -> "SignatureLine":
        """Read a line.

        Raises:
            MalformedNoteError: when it is not a dash, a name and base64.
        """
        name, _, signature = line.removeprefix(_MARK).partition(" ")
        signed = _bytes(signature)
        if (
            not line.startswith(_MARK)
            or not _NAME.fullmatch(name)
            or len(signed) <= KEY_HASH_BYTES
        ):
            raise MalformedNoteError("A signature line is a dash, a name and base64.")
        return cls(name, signed[:KEY_HASH_BYTES], signed[KEY_HASH_BYTES:])


@dataclass(frozen=True, slots=True)
class Signature:
    """A checked signature: whose, as which line, and when, if it states that."""

    verifier: Verifier
    line: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note that at least one known key has signed; nobody else's lines are kept."""

    text: str
    signatures: tuple[Signature, ...]


def sign(text: str, signer: Signer) -> str:
    """Sign a text as a note.

    Raises:
        MalformedNoteError: for a text that cannot be signed: it ends with a line end
            and has no other control characters.
    """
    assert signer.algorithm is Algorithm.ED25519, "a cosignature states its time"
    if not text.endswith("\n") or _CONTROLS.search(text):
        raise MalformedNoteError("This text cannot stand in a note.")
    return f"{text}\n{signer.line(_utf8(text))}\n"


def cosign(checkpoint: Checkpoint, signer: Signer, *, at: datetime) -> str:
    """Write a witness's signature line under a checkpoint, without its line end."""
    assert signer.algorithm is Algorithm.COSIGNATURE, "a cosigner's key is typed so"
    seconds = (at - _EPOCH) // timedelta(seconds=1)
    message = _cosigned(str(checkpoint), seconds)
    return signer.line(message, prefix=seconds.to_bytes(_TIME_BYTES))


def with_lines(note: str, lines: Iterable[str]) -> str:
    """Put further signature lines under a note."""
    return note + "".join(f"{line}\n" for line in lines)


def open_note(note: str, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Take the text out of a note, if a known key has signed it.

    Lines of unknown keys are ignored, as the specification demands: they may be those
    of other witnesses, or of keys to come.

    Raises:
        MalformedNoteError: when it is not a note.
        ForgedNoteError: when a line of a known key does not fit the text.
        UnsignedNoteError: when no known key has signed.
    """
    text, lines = taken_apart(note)
    known = {(each.name, each.key_hash): each for each in verifiers}
    checked: dict[Verifier, Signature] = {}
    for line in lines:
        verifier = known.get((line.name, line.key_hash))
        if verifier is not None:
            at = verifier.check(text, line.signature)
            checked.setdefault(verifier, Signature(verifier, str(line), at))
    if not checked:
        raise UnsignedNoteError("No known key has signed this note.")
    return OpenedNote(text, tuple(checked.values()))


def taken_apart(note: str) -> tuple[str, list[SignatureLine]]:
    """Part a note into its text and its signature lines, trusting neither.

    Raises:
        MalformedNoteError: when it is not a note.
    """
    if len(note) > NOTE_CHARACTERS_MAX or _CONTROLS.search(note):
        raise MalformedNoteError("A note is not that long, and holds no controls.")
    _utf8(note)
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not separator or lines[-1] != "" or not 1 < len(lines) <= SIGNATURES_MAX + 1:
        raise MalformedNoteError("A note is text, an empty line, and signature lines.")
    return f"{text}\n", [SignatureLine.read(line) for line in lines[:-1]]


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise MalformedNoteError("A note is UTF-8.") from error


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Decode base64 that is written in the one canonical way."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise MalformedNoteError("This is not base64.") from error
    if _base64(data) != text:
        raise MalformedNoteError("This base64 is not written in the canonical way.")
    return data
