"""The proof of an entry in writing: as text, and for paper as a QR code. PURE.

The text is that of c2sp.org/tlog-proof. In a QR code the same facts stand in binary,
written in base45 (RFC 9285) after `CSP1:`, because its alphabet is that of the code's
dense mode: a proof in a book of a million entries takes 0.8 kB, and 1.2 kB as text.

The binary form, all numbers big-endian: length of the origin (1 byte), origin, index
and size (8 bytes each), root (32), hash of the log's key (4), its signature (64), and
the hashes of the proof (32 each). The log signs under its origin as its name.
"""

import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Final

from inventory.journal.notes import (
    Checkpoint,
    MalformedNoteError,
    SignatureLine,
    taken_apart,
)

VERSION: Final = "c2sp.org/tlog-proof@v1"
QR_PREFIX: Final = "CSP1:"
_EXTRA: Final = "extra "
_INDEX: Final = "index "
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_HASH_BYTES: Final = 32
_AFTER_ORIGIN: Final = struct.Struct(">QQ32s4s64s")


@dataclass(frozen=True, slots=True)
class WrittenProof:
    """That a leaf stands at an index in the tree of a signed checkpoint.

    Attributes:
        index: of the leaf, from 0.
        hashes: the inclusion proof, from the leaf's sibling up.
        note: the signed checkpoint.
        entry: the bytes of the leaf, if they go with the proof.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    entry: bytes | None = None

    def __str__(self) -> str:
        """Write the proof as text."""
        entry = [] if self.entry is None else [_EXTRA + _base64(self.entry)]
        hashes = [_base64(each) for each in self.hashes]
        lines = [VERSION, *entry, f"{_INDEX}{self.index}", *hashes, "", self.note]
        return "\n".join(lines)

    @classmethod
    def read(cls, text: str) -> "WrittenProof":
        """Read the text of a proof; nothing in it is trusted yet.

        Raises:
            MalformedNoteError: when it is not written as the specification demands.
        """
        head, separator, note = text.partition("\n\n")
        version, *lines = head.split("\n")
        entry = None
        if lines and lines[0].startswith(_EXTRA):
            entry = _bytes(lines.pop(0).removeprefix(_EXTRA))
        if version != VERSION or not separator or not lines:
            raise MalformedNoteError("This is not a proof.")
        index = lines.pop(0).removeprefix(_INDEX)
        hashes = tuple(_bytes(line) for line in lines)
        proof = cls(_number(index), hashes, note, entry)
        taken_apart(note)
        if str(proof) != text or any(len(each) != _HASH_BYTES for each in hashes):
            raise MalformedNoteError("This proof is not written in the canonical way.")
        return proof

    def for_qr(self) -> str:
        """Write the proof for a QR code, without the entry and with one signature."""
        checkpoint = Checkpoint.claimed_by(self.note)
        _, lines = taken_apart(self.note)
        [line] = [each for each in lines if each.name == checkpoint.origin]
        origin = checkpoint.origin.encode()
        facts = _AFTER_ORIGIN.pack(
            self.index, checkpoint.size, checkpoint.root, line.key_hash, line.signature
        )
        binary = bytes([len(origin)]) + origin + facts + b"".join(self.hashes)
        return QR_PREFIX + _base45(binary)

    @classmethod
    def from_qr(cls, text: str) -> "WrittenProof":
        """Read the text of a QR code.

        Raises:
            MalformedNoteError: when it is not one of ours.
        """
        if not text.startswith(QR_PREFIX):
            raise MalformedNoteError("This code holds no proof.")
        binary = _from_base45(text.removeprefix(QR_PREFIX))
        length = 1 + binary[0] if binary else 1
        end = length + _AFTER_ORIGIN.size
        if len(binary) < end or (len(binary) - end) % _HASH_BYTES:
            raise MalformedNoteError("This code holds no whole proof.")
        index, size, root, *signed = _AFTER_ORIGIN.unpack(binary[length:end])
        origin = binary[1:length].decode(errors="replace")
        checkpoint = Checkpoint(origin, size, root)
        note = f"{checkpoint}\n{SignatureLine(origin, *signed)}\n"
        starts = range(end, len(binary), _HASH_BYTES)
        hashes = tuple(binary[start : start + _HASH_BYTES] for start in starts)
        return cls.read(str(cls(index, hashes, note)))


def _base45(data: bytes) -> str:
    characters = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, len(_ALPHABET))
            characters.append(_ALPHABET[digit])
    return "".join(characters)


def _from_base45(text: str) -> bytes:
    data = bytearray()
    for start in range(0, len(text), 3):
        digits = [_ALPHABET.find(each) for each in text[start : start + 3]]
        number = sum(digit * 45**place for place, digit in enumerate(digits))
        length = len(digits) - 1
        if -1 in digits or not 0 <= number < 256**length:
            raise MalformedNoteError("This is not base45.")
        data += number.to_bytes(length)
    return bytes(data)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise MalformedNoteError("This is not base64.") from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(2**63))):
        raise MalformedNoteError("A proof has the index of its entry.")
    return int(text)
