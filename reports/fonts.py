"""The three embedded faces, and the only way text becomes something to draw.

Text from people (names, notes, lot numbers) is data. It is never parsed as markup:
every string passes through `visible`, whose result type `Visible` is the only one that
drawing accepts. What a reader could not see (controls, bidi overrides, zero-width and
combining characters, glyphs the faces lack) is printed as its code point.

Licence of the faces: `fonts/LICENSE`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, NewType

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

Visible = NewType("Visible", str)
"""Text of which every character is drawn as itself, with a glyph, left to right."""

SANS: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MONO: Final = "DejaVuSansMono"
LONGEST_TEXT: Final = 500
"""Characters of one value that are printed; the rest is announced by its length."""

_FOLDER: Final = Path(__file__).with_name("fonts")
_BETWEEN_WORDS: Final = re.compile(r" (?!m[gL]\b)")  # a figure keeps its unit
_OPEN, _CLOSE = "\u27e8", "\u27e9"  # angle brackets around an escape; never plain text
_UNSEEN_CATEGORIES: Final = ("C", "M", "Z")  # controls, combining marks, odd spaces
_RIGHT_TO_LEFT: Final = ("R", "AL")  # lines are set left to right: they would mislead


@dataclass(frozen=True, slots=True)
class Style:
    """A face at a size, in points, and the shade it is printed in."""

    face: str
    size: float
    ink: int

    @property
    def leading(self) -> float:
        """Distance between two baselines, in points."""
        return self.size * 1.36


def visible(text: str, *, longest: int = LONGEST_TEXT) -> Visible:
    """Show every character, as itself or as its code point (assurance E13, P16-P17).

    A longer text is cut, with a mark that says how long it was.
    """
    shown = text[:longest]
    if not (shown.isascii() and shown.isprintable()):
        composed = unicodedata.normalize("NFC", shown)
        shown = "".join(char if char in _PLAIN else _escape(char) for char in composed)
    if len(text) > longest:
        shown = f"{shown}… {_OPEN}{len(text)} characters{_CLOSE}"
    return Visible(shown)


def width_of(text: Visible, style: Style) -> float:
    """Measure a line, in points."""
    return _width(text, style.face, style.size)


@lru_cache(maxsize=4096)
def _width(text: str, face: str, size: float) -> float:
    # Initials, lots and places are measured again on every line they stand in.
    return pdfmetrics.stringWidth(text, face, size)


def fit(text: str, style: Style, width: float) -> Visible:
    """Set a text on one line of the width, cut with a mark and its length if needed."""
    shown = visible(text)
    if width_of(shown, style) <= width:
        return shown
    mark = Visible(f"…{_OPEN}{len(text)}{_CLOSE}")
    head, _ = _head_that_fits(shown, style, width - width_of(mark, style))
    return Visible(head + mark)


def wrap(
    text: str, style: Style, width: float, *, most_lines: int = 12
) -> list[Visible]:
    """Set a text on lines of the width; an overlong word is broken where it must be.

    Past `most_lines` the text is cut, with a mark and its length.
    """
    shown = visible(text)
    if width_of(shown, style) <= width:
        return [shown]
    lines = list(islice(_lines(shown, style, width), most_lines + 1))
    if len(lines) <= most_lines:
        return lines
    mark = list(_lines(Visible(f"…{_OPEN}{len(text)}{_CLOSE}"), style, width))
    return lines[: most_lines - len(mark)] + mark


def _lines(shown: Visible, style: Style, width: float) -> Iterator[Visible]:
    line = ""
    for word in _BETWEEN_WORDS.split(shown):
        longer = Visible(f"{line} {word}" if line else word)
        if width_of(longer, style) <= width:
            line = longer
            continue
        if line:
            yield Visible(line)
        line = word
        while width_of(Visible(line), style) > width:
            head, line = _head_that_fits(Visible(line), style, width)
            yield head
    yield Visible(line)


def _head_that_fits(
    text: Visible, style: Style, width: float
) -> tuple[Visible, Visible]:
    def too_wide(end: int) -> bool:
        return width_of(Visible(text[:end]), style) > width

    end = max(1, bisect_left(range(1, len(text) + 1), x=True, key=too_wide))
    return Visible(text[:end]), Visible(text[end:])


def _escape(char: str) -> str:
    return f"{_OPEN}U+{ord(char):04X}{_CLOSE}"


def _register() -> frozenset[str]:
    """Register the faces; answer the characters that all three can draw plainly."""
    fonts = [TTFont(face, str(_FOLDER / f"{face}.ttf")) for face in (SANS, BOLD, MONO)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(
        SANS,
        normal=SANS,
        bold=BOLD,
        italic=SANS,
        boldItalic=BOLD,
        baseFontFor="all",  # type: ignore[call-arg]  # newer than the type stubs
    )
    covered = set.intersection(*(set(font.face.charToGlyph) for font in fonts))
    return frozenset(char for char in map(chr, covered) if _is_plain(char))


def _is_plain(char: str) -> bool:
    if char == " ":
        return True
    return (
        unicodedata.category(char)[0] not in _UNSEEN_CATEGORIES
        and unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT
        and char not in (_OPEN, _CLOSE)
    )


_PLAIN: Final = _register()
