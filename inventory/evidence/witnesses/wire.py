"""The request by which a witness is handed a checkpoint (C2SP tlog-witness). PURE."""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inventory.journal.tree import HASH_BYTES

PROOF_LINES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = 64 * 1024
SIZE_TYPE: Final = "text/x.tlog.size"

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\n")


class MalformedRequestError(Exception):
    """The body is not what tlog-witness describes; the text says where."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A checkpoint, and the proof that it continues an older one.

    Attributes:
        old_size: size of the checkpoint the witness is believed to hold.
        proof: consistency proof from there.
        note: the signed checkpoint.
    """

    old_size: int
    proof: Sequence[bytes]
    note: str


def write_request(request: AddCheckpoint) -> bytes:
    """Write the body of `POST /add-checkpoint`."""
    assert len(request.proof) <= PROOF_LINES_MAX, "no tree is that high"
    lines = [b64encode(each).decode() for each in request.proof]
    return "\n".join([f"old {request.old_size}", *lines, "", request.note]).encode()


def read_request(body: bytes) -> AddCheckpoint:
    """Read the body of `POST /add-checkpoint`, strictly.

    Raises:
        MalformedRequestError: it is not exactly what the protocol describes.
    """
    try:
        head, blank, note = body.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise MalformedRequestError("The body is not UTF-8.") from error
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not old or not blank:
        raise MalformedRequestError(
            "The body begins `old <size>` and has a blank line."
        )
    if len(lines) > PROOF_LINES_MAX:
        raise MalformedRequestError(f"A proof has at most {PROOF_LINES_MAX} lines.")
    return AddCheckpoint(int(old[1]), [_hash(line) for line in lines], note)


def read_size(body: bytes) -> int | None:
    """Read the size in a 409; None if the body is no size."""
    matched = _SIZE.fullmatch(body.decode("ascii", errors="replace"))
    return int(matched[1]) if matched else None


def hash_origin(origin: str) -> str:
    """Name an origin in addresses and files: SHA-256 in hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _hash(line: str) -> bytes:
    try:
        value = b64decode(line, validate=True)
    except (Base64Error, ValueError) as error:
        raise MalformedRequestError("A line of the proof is not base64.") from error
    # Bits after the end would let one hash be written in several ways.
    if len(value) != HASH_BYTES or b64encode(value).decode() != line:
        raise MalformedRequestError("A line of the proof is not one hash in base64.")
    return value
