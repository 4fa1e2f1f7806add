"""The patterns of the description and the fields say the same of every text."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from inventory.web import patterns
from inventory.web.fields import CivilDay, Instant, Scan, Secret, Text

# Every character that is not simply a sign: controls, marks, separators, blanks.
_ODD = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
ODD = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in _ODD or character.isspace()
]
PLAIN = [chr(code) for code in range(ord("!"), 0x250)] + ["\u4e2d", "\U0001f48a"]


def _takes(field: fields.Field[Any], text: str) -> bool:
    try:
        field.deserialize(text)
    except ValidationError:
        return False
    return True


def _around(characters: list[str]) -> Iterator[str]:
    for character in characters:
        yield from (character, f"{character}a", f"a{character}", f"a{character}a")


@pytest.mark.parametrize(
    ("field", "pattern"),
    [
        (Text(max_length=3), patterns.TRIMMED_LINE),
        (Secret(), patterns.PLAIN_LINE),
        (Scan(), patterns.SCANNED_LINE),
    ],
)
def test_a_pattern_of_texts_allows_what_the_field_takes(
    field: fields.Field[Any], pattern: str
) -> None:
    for text in _around(ODD + PLAIN):
        assert bool(re.fullmatch(pattern, text)) is _takes(field, text), ascii(text)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("1900-01-01", True),
        ("2199-12-31", True),
        ("2026-11-02", True),
        ("1899-12-31", False),
        ("2200-01-01", False),
        ("2026-11-2", False),
        ("2026-11-02T00:00:00Z", False),
        ("20261102", False),
        ("\u0662026-11-02", False),
    ],
)
def test_the_pattern_of_days_allows_what_the_field_takes(
    text: str, *, allowed: bool
) -> None:
    assert bool(re.fullmatch(patterns.DAY, text)) is allowed
    assert _takes(CivilDay(), text) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("1900-01-01T00:00:00Z", True),
        ("2199-12-31T23:59:59.999999+00:00", True),
        ("2026-11-02T08:30:00.1-06:00", True),
        ("2026-11-02T08:30:00.1234567Z", False),
        ("2026-11-02T08:30:60Z", False),
        ("2026-11-02T08:30:00", False),
        ("2026-11-02T08:30Z", False),
        ("2026-11-02t08:30:00z", False),
        ("2026-11-02 08:30:00Z", False),
        ("2026-11-02T08:30:00+05:60", False),
        ("1899-12-31T23:59:59Z", False),
    ],
)
def test_the_pattern_of_moments_allows_what_the_field_takes(
    text: str, *, allowed: bool
) -> None:
    assert bool(re.fullmatch(patterns.MOMENT, text)) is allowed
    assert _takes(Instant(), text) is allowed
