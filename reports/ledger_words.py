"""What the entries of a ledger are called, from the very words of the journal. PURE."""

from collections.abc import Mapping
from typing import Any, Final

from inventory.journal.events import Tag

_ROUTES: Final = {"iv": "IV", "im": "IM"}


def event_words(body: Mapping[str, Any], place: str) -> str:
    """Tell what happened; `place` is where stock came or went, if any did."""
    data = body["data"]
    match body["tag"]:
        case Tag.INITIAL_INVENTORY_TAKEN:
            return f"Found in {place} by the initial inventory"
        case Tag.RECEIPT_RECORDED:
            return f"Received from {data['supplier']['name']} into {place}"
        case Tag.SESSION_DRAWN:
            return f"Drawn from {place}"
        case Tag.SESSION_ADMINISTERED:
            return f"Given, {_ROUTES.get(data['route'], data['route'])}"
        case Tag.WASTE_RECORDED:
            return f"Wasted, {data['entry']['manner'].replace('_', ' ')}"
    raise AssertionError(f"{body['tag']} moves stock and has no words here")
