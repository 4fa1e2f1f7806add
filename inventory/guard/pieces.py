"""The pieces that a database is made of, and how two sets of them differ. PURE.

A piece (a table, a trigger, a function, a role, the rights on a table) has its content,
the same in every installation of a release, and its traces, marks of the catalogue that
change whenever the piece is touched. A trigger that was switched off and on again has
its old content and a new trace: nothing is undone unseen.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_DIGEST_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One line that the catalogue says about a piece: of its content or its trace."""

    piece: str
    content: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: what it is, and the traces of having been touched."""

    content: tuple[str, ...]
    traces: tuple[str, ...] = ()


class Change(StrEnum):
    """How a piece is not what it was."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    ALTERED = "altered"
    TOUCHED = "touched"  # changed and changed back


Pieces = Mapping[str, Piece]
Digests = Mapping[str, str]
Changes = Mapping[str, Change]


def assemble(lines: Iterable[Line]) -> Pieces:
    """Sort the lines of a catalogue into pieces."""
    contents: dict[str, set[str]] = {}
    traces: dict[str, set[str]] = {}
    for line in lines:
        contents.setdefault(line.piece, set()).update({line.content} - {""})
        traces.setdefault(line.piece, set()).update({line.trace} - {""})
    return {
        name: Piece(tuple(sorted(contents[name])), tuple(sorted(traces[name])))
        for name in sorted(contents)
    }


def differences(was: Pieces, now: Pieces) -> Changes:
    """Compare contents alone, as with the manifest of a release."""
    return changes(
        {name: _digest(piece.content) for name, piece in was.items()},
        {name: _digest(piece.content) for name, piece in now.items()},
    )


def digests(pieces: Pieces) -> Digests:
    """Give each piece a short text that changes with its content and its traces."""
    return {
        name: f"{_digest(piece.content)}.{_digest(piece.traces)}"
        for name, piece in pieces.items()
    }


def changes(was: Digests, now: Digests) -> Changes:
    """Tell which pieces are not what they were."""
    found = dict.fromkeys(was.keys() - now.keys(), Change.MISSING)
    found |= dict.fromkeys(now.keys() - was.keys(), Change.UNKNOWN)
    for name in was.keys() & now.keys():
        if was[name] != now[name]:
            same = was[name].split(".")[0] == now[name].split(".")[0]
            found[name] = Change.TOUCHED if same else Change.ALTERED
    return dict(sorted(found.items()))


def _digest(lines: tuple[str, ...]) -> str:
    whole = hashlib.sha256(json.dumps(lines).encode()).hexdigest()
    return whole[:_DIGEST_CHARACTERS]
