"""Prefixed identifiers that sort by the time they were made: `ses_01JB...`.

An identifier is a prefix that names the kind of thing, an underscore, and 26 Crockford
base32 characters: 48 bits of milliseconds since 1970, then 80 random bits. Milliseconds
order identifiers for reading; the order of events is the journal's position alone.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from inventory.kernel.clock import require_utc
from inventory.kernel.errors import ErrorCode, InventoryError

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
_LENGTH: Final = 26
_BITS_PER_CHARACTER: Final = 5
_RANDOM_BITS: Final = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_PREFIX: Final = re.compile(r"[a-z]{2,5}")
# 26 characters hold 130 bits and an identifier has 128: the first is at most 7.
_BODY: Final = re.compile(rf"[0-7][{_ALPHABET}]{{{_LENGTH - 1}}}")


def new_id(prefix: str, at: datetime) -> str:
    """Make an identifier for something made at an instant (UTC).

    Raises:
        ValueError: the prefix is not 2 to 5 lower-case letters, or the instant is not
            in UTC; both are programmer's errors.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a prefix is 2 to 5 lower-case letters: {prefix!r}")
    milliseconds = (require_utc(at) - _EPOCH) // timedelta(milliseconds=1)
    bits = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return f"{prefix}_{_base32(bits)}"


def check_id(text: str, prefix: str, *, field: str) -> str:
    """Return the text unchanged if it has the shape of an identifier of this kind.

    This says nothing about whether such a thing exists.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    found, _, body = text.partition("_")
    if found != prefix or not _BODY.fullmatch(body):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f'This is not an identifier of the right kind: it starts with "{prefix}_" '
            "and has 26 characters after that. Copy it from the list it came from.",
            field=field,
        )
    return text


def _base32(bits: int) -> str:
    mask = len(_ALPHABET) - 1
    shifts = range((_LENGTH - 1) * _BITS_PER_CHARACTER, -1, -_BITS_PER_CHARACTER)
    return "".join(_ALPHABET[bits >> shift & mask] for shift in shifts)
