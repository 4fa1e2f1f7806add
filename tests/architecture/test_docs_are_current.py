"""The documentation cannot fall behind: pages are compared, links are followed."""

import re
from pathlib import Path

import pytest

from inventory.db import Database
from inventory.kernel.clock import SystemClock
from tests.application import application
from tests.architecture import api_reference

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_api_page_is_the_api(tmp_path: Path) -> None:
    """If this fails: python -m tests.architecture.api_reference."""
    app = application(tmp_path, database=Database("sqlite://"), clock=SystemClock())
    written = api_reference.REFERENCE.read_text(encoding="utf-8")
    assert written == api_reference.write(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md")]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
