"""The manifest of the release: the pieces that every database of it is made of.

`manifest.json` is generated from the migrations, never written by hand: each engine's
pieces with their lines, readable, so that an inspector can see what is compared.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from inventory.guard.pieces import Piece, Pieces

FILE: Final = "manifest.json"


def released(engine: str) -> Pieces:
    """Read the pieces that a database on an engine must be made of."""
    text = files("inventory.guard").joinpath(FILE).read_text("utf-8")
    return {
        name: Piece(tuple(lines)) for name, lines in json.loads(text)[engine].items()
    }


def written(engines: Mapping[str, Pieces]) -> str:
    """Write the manifest from the fingerprints of fresh databases."""
    manifest = {
        engine: {name: list(piece.content) for name, piece in pieces.items()}
        for engine, pieces in engines.items()
    }
    return json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
