"""The bytes that are hashed: canonical JSON (RFC 8785) with a version tag. PURE.

The journal stores exactly these bytes, never a re-serialisation, so
that a reader needs nothing of ours to check them.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import rfc8785

VERSION: Final = "countersign/1"


def body(content: Mapping[str, Any]) -> bytes:
    """Give the canonical bytes of an event's content, tagged with the version.

    Args:
        content: strings, integers up to 2**53 - 1, lists, mappings, None. A float is
            refused: quantities are integers of micrograms.

    Raises:
        TypeError: for a float or a value JSON cannot hold.
        rfc8785.CanonicalizationError: for an integer that is too large.
    """
    tagged = {"version": VERSION, **content}
    _refuse_floats(tagged)
    return rfc8785.dumps(tagged)


def digest(content: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of the canonical bytes: what a witness signs."""
    return hashlib.sha256(body(content)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("no float belongs in the journal")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
