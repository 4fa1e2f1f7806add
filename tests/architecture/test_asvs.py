"""The list of ASVS requirements is whole, and what it names exists.

`asvs_requirements.txt` beside holds the ids of levels 1 and 2 of OWASP ASVS 5.0.0, each
with its level. The page has a row for each: one that applies shows by what it is met,
one that does not says why.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.architecture.evidence_named import ROOT, TODO, faults_of

_PAGE: Final = ROOT / "docs" / "reference" / "asvs.md"
_TEXT: Final = _PAGE.read_text(encoding="utf-8")
_LINES: Final = Path(__file__).with_name("asvs_requirements.txt").read_text("ascii")
_LEVELS: Final = dict(line.split() for line in _LINES.splitlines())

_ID: Final = r"\d+\.\d+\.\d+"
_APPLIES: Final = re.compile(rf"\| ({_ID}) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|")
_APPLIES_NOT: Final = re.compile(rf"\| ({_ID}(?:, {_ID})*) \| ([^|]+) \|")


class Row(NamedTuple):
    """A requirement as the page has it; of one that does not apply, no level."""

    id: str
    level: str | None
    shown_by: tuple[str, ...]


def _rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        if applies := _APPLIES.fullmatch(line):
            shown_by = tuple(filter(None, applies[5].split(", ")))
            yield Row(applies[1], applies[2], shown_by)
        elif applies_not := _APPLIES_NOT.fullmatch(line):
            for each in applies_not[1].split(", "):
                yield Row(each, None, ())


def _faults(text: str) -> Iterator[str]:
    """Say everything that is wrong with a page, but for what is still to come."""
    rows = list(_rows(text))
    counted = Counter(row.id for row in rows)
    yield from (f"{each} is missing" for each in _LEVELS if each not in counted)
    yield from (f"{each} stands twice" for each, count in counted.items() if count > 1)
    for row in rows:
        if row.id not in _LEVELS:
            yield f"{row.id} is no requirement of level 1 or 2"
        elif row.level not in (None, _LEVELS[row.id]):
            yield f"{row.id} has level {_LEVELS[row.id]}"
        if row.level is not None and not row.shown_by:
            yield f"{row.id} is shown by nothing"
        for shown in row.shown_by:
            yield from (f"{row.id}: {fault}" for fault in faults_of(shown, _PAGE))


def test_levels_1_and_2_are_known_whole() -> None:
    assert Counter(_LEVELS.values()) == {"1": 70, "2": 183}


def test_every_requirement_has_its_row_and_what_shows_it_exists() -> None:
    faults = list(_faults(_TEXT))
    assert not faults, "\n".join(faults)


def test_requirements_stand_in_their_order() -> None:
    applying = [row.id for row in _rows(_TEXT) if row.level]
    assert applying == sorted(applying, key=lambda each: [*map(int, each.split("."))])


def test_nothing_is_still_to_come() -> None:
    """Fails for as long as a row says TODO: what it names is missing in the product."""
    found = [
        f"{row.id} (level {row.level}): {todo[1]}"
        for row in _rows(_TEXT)
        for shown in row.shown_by
        if (todo := TODO.fullmatch(shown))
    ]
    assert not found, f"{len(found)} to come:\n" + "\n".join(found)


_A_TEST: Final = "`tests/architecture/test_asvs.py::test_nothing_is_still_to_come`"
_GOOD: Final = f"| 1.1.1 | 2 | asked | met | {_A_TEST}, [page](asvs.md#v4-api) |"
_PLANTED: Final = {
    "nothing at all": ("", "1.1.1 is missing"),
    "twice": (f"{_GOOD}\n{_GOOD}", "1.1.1 stands twice"),
    "here and not applying": (f"{_GOOD}\n| 1.1.1 | why |", "1.1.1 stands twice"),
    "another level": (_GOOD.replace("| 2 |", "| 1 |"), "1.1.1 has level 2"),
    "unknown": (_GOOD.replace("1.1.1", "1.1.9"), "1.1.9 is no requirement of level"),
    "of level 3": (_GOOD.replace("1.1.1", "1.2.10"), "1.2.10 is no requirement of"),
    "no evidence": ("| 1.1.1 | 2 | asked | met |  |", "1.1.1 is shown by nothing"),
    "no such test": (_GOOD.replace("::test_", "::test_x"), "1.1.1: there is no test"),
    "no such file": (_GOOD.replace("test_asvs", "test_x"), "1.1.1: there is no test"),
    "no test": (
        _GOOD.replace("::test_nothing_is_still_to_come", "::_rows"),
        "1.1.1: there is no test",
    ),
    "no such heading": (_GOOD.replace("v4-api", "v99"), "1.1.1: there is no heading"),
    "no such page": (_GOOD.replace("asvs.md", "x.md"), "1.1.1: there is no heading"),
    "mere words": (
        _GOOD.replace(_A_TEST, "we are careful"),
        "1.1.1: we are careful is",
    ),
}


@pytest.mark.parametrize(("page", "fault"), _PLANTED.values(), ids=_PLANTED)
def test_a_planted_fault_is_found(page: str, fault: str) -> None:
    assert any(fault in each for each in _faults(page))


def test_a_good_row_has_no_fault() -> None:
    assert [each for each in _faults(_GOOD) if not each.endswith("is missing")] == []
