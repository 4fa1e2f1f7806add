"""Everything the journal can say stands in the reference, in order, once."""

import re
from pathlib import Path

from inventory.journal.events import Tag

_ROOT = Path(__file__).parents[2]
_REFERENCE = _ROOT / "docs" / "reference" / "events.md"


def test_the_reference_lists_every_tag_in_order() -> None:
    text = _REFERENCE.read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_]+:[a-z_]+)` \|", text, re.MULTILINE) == list(Tag)


def test_a_tag_is_a_subject_and_a_verb() -> None:
    assert all(re.fullmatch(r"[a-z_]+:[a-z]+", tag) for tag in Tag)


def test_every_tag_is_written_by_some_handler() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (_ROOT / "inventory").rglob("*.py")
        if path.name != "events.py"
    )
    assert [tag.name for tag in Tag if f"Tag.{tag.name}" not in sources] == []
