"""Every row of 21 CFR Part 11 is shown by a test or a documented line that exists."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.evidence_named import ROOT, TODO, faults_of

_PAGE: Final = ROOT / "docs" / "reference" / "part11.md"
_ROW: Final = re.compile(r"\| (11\.[^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
_SECTIONS: Final = (
    *(f"11.10({letter})" for letter in "abcdefghijk"),
    "11.30",
    "11.50",
    "11.70",
    "11.100",
    "11.200(a)(1)",
    "11.300(a)",
    "11.300(b)",
    "11.300(c)",
    "11.300(d)",
    "11.300(e)",
)


def _rows(page: Path) -> dict[str, tuple[str, ...]]:
    lines = page.read_text(encoding="utf-8").splitlines()
    found = (_ROW.fullmatch(line) for line in lines)
    return {row[1]: tuple(row[4].split(", ")) for row in found if row}


def test_the_page_has_every_section_in_order() -> None:
    assert tuple(_rows(_PAGE)) == _SECTIONS


@pytest.mark.parametrize("section", _SECTIONS)
def test_what_shows_a_section_exists(section: str) -> None:
    shown = _rows(_PAGE)[section]
    assert shown
    assert [fault for each in shown for fault in faults_of(each, _PAGE)] == []
    assert [each for each in shown if TODO.fullmatch(each)] == []
