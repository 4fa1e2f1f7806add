"""What stands on a page: paragraphs, particulars, the verdict, lines to sign on.

Colour is sparse and never the only carrier of meaning: a shortage is bold, stands in a
heavier box and says SHORT in words, so that it survives a black-and-white printer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Final

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable

from reports.fonts import BOLD, MONO, SANS, Style, Visible, fit, visible, wrap

INK: Final = 0x1B1B1B
SOFT_INK: Final = 0x565656
HAIRLINE: Final = 0xD6D6D6
ALARM: Final = 0x8E1616

TITLE: Final = Style(BOLD, 19, INK)
SUBTITLE: Final = Style(SANS, 10.5, SOFT_INK)
HEADING: Final = Style(BOLD, 10.5, INK)
BODY: Final = Style(SANS, 8, INK)
LABEL: Final = Style(SANS, 8, SOFT_INK)
SMALL: Final = Style(SANS, 6.4, SOFT_INK)
FIGURE: Final = Style(MONO, 7, INK)

_HEADING_AND_A_FEW_ROWS: Final = 92


class Finding(Enum):
    """What a comparison of books and count says; the words are always printed."""

    AGREES = "agrees"
    SHORT = "SHORT"
    OVER = "OVER"
    NOT_COUNTED = "not counted"


def set_ink(canvas: Canvas, ink: int) -> None:
    """Use a shade, 0xRRGGBB, for text, fills and lines."""
    shade = [(ink >> shift & 0xFF) / 255 for shift in (16, 8, 0)]
    canvas.setFillColorRGB(*shade)
    canvas.setStrokeColorRGB(*shade)


def draw(canvas: Canvas, x: float, y: float, text: Visible, style: Style) -> None:
    """Draw one line of text from its left end."""
    set_ink(canvas, style.ink)
    canvas.setFont(style.face, style.size)
    canvas.drawString(x, y, text)


def rule(canvas: Canvas, y: float, width: float, *, ink: int, weight: float) -> None:
    """Draw a horizontal line from the left edge."""
    set_ink(canvas, ink)
    canvas.setLineWidth(weight)
    canvas.line(0, y, width, y)


class Lines(Flowable):
    """A paragraph of plain text; nothing in it is markup."""

    def __init__(
        self, text: str, style: Style = BODY, *, before: float = 0, after: float = 0
    ) -> None:
        super().__init__()
        self.spaceBefore = before
        self._text, self._style, self._after = text, style, after
        self._lines: list[Visible] = []

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Set the lines."""
        self._lines = wrap(self._text, self._style, available_width)
        return available_width, len(self._lines) * self._style.leading + self._after

    def draw(self) -> None:
        """Draw the lines, downwards."""
        y = len(self._lines) * self._style.leading + self._after
        for line in self._lines:
            y -= self._style.leading
            draw(self.canv, 0, y + 0.3 * self._style.size, line, self._style)


class Facts(Flowable):
    """Labels on the left, values on the right: the particulars of a report."""

    def __init__(self, facts: Iterable[tuple[str, str]], style: Style = BODY) -> None:
        super().__init__()
        self._facts, self._style = tuple(facts), style
        self._set: list[tuple[Visible, list[Visible]]] = []
        self._label_width = 96

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Set each value beside its label."""
        room = available_width - self._label_width
        self._set = [
            (visible(label), wrap(value, self._style, room, most_lines=4))
            for label, value in self._facts
        ]
        return available_width, sum(len(lines) for _, lines in self._set) * self._step

    def draw(self) -> None:
        """Draw the pairs, downwards."""
        y = sum(len(lines) for _, lines in self._set) * self._step
        for label, lines in self._set:
            draw(self.canv, 0, y - BODY.leading, label, LABEL)
            for line in lines:
                draw(self.canv, self._label_width, y - BODY.leading, line, self._style)
                y -= self._step

    @property
    def _step(self) -> float:
        return BODY.leading + 2


class Verdict(Flowable):
    """The answer, in words, in a box; heavier when something is short."""

    def __init__(self, finding: Finding, headline: str, details: Sequence[str]) -> None:
        super().__init__()
        self._alarm = finding in (Finding.SHORT, Finding.OVER)
        ink = ALARM if self._alarm else INK
        self._head = Style(BOLD, 12.5, ink)
        self._texts = ((headline, self._head), *((text, BODY) for text in details))
        self._set: list[tuple[Visible, Style]] = []
        self._size = (0.0, 0.0)

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Set the words inside the box."""
        self._set = [
            (line, style)
            for text, style in self._texts
            for line in wrap(text, style, available_width - 32, most_lines=4)
        ]
        height = sum(style.leading + 1.5 for _, style in self._set) + 20
        self._size = (available_width, height)
        return self._size

    def draw(self) -> None:
        """Draw the box, then the words."""
        width, height = self._size
        set_ink(self.canv, self._head.ink)
        self.canv.setLineWidth(1.6 if self._alarm else 0.7)
        self.canv.rect(0, 0, width, height)
        self.canv.rect(0, 0, 6 if self._alarm else 2.5, height, fill=1)
        y = height - 10
        for line, style in self._set:
            y -= style.leading + 1.5
            draw(self.canv, 20, y + 0.32 * style.size, line, style)


class Later(Flowable):
    """A block that is made only when its place on the page is reached."""

    def __init__(self, make: Callable[[], Flowable]) -> None:
        super().__init__()
        self._make = make
        self._made: Flowable

    def wrap(
        self, available_width: float, available_height: float
    ) -> tuple[float, float]:
        """Make the block, and ask its size."""
        self._made = self._make()
        return self._made.wrap(available_width, available_height)

    def draw(self) -> None:
        """Draw the block."""
        self._made.drawOn(self.canv, 0, 0)


class SignatureLines(Flowable):
    """Ruled lines to sign on: meaning, printed name, role, signature, date and time."""

    _SHARES: Final = (
        ("Printed name", 0.30),
        ("Role", 0.19),
        ("Signature", 0.32),
        ("Date and time", 0.19),
    )

    def __init__(self, meanings: Sequence[str]) -> None:
        super().__init__()
        self._meanings = meanings
        self._step = 52
        self._width = 0.0

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Give each signer a line."""
        self._width = available_width
        return available_width, len(self._meanings) * self._step

    def draw(self) -> None:
        """Draw the lines to sign on, downwards."""
        for index, meaning in enumerate(self._meanings, start=1):
            y = (len(self._meanings) - index) * self._step
            draw(self.canv, 0, y + 42, fit(meaning, BODY, self._width), BODY)
            x = 0.0
            for label, share in self._SHARES:
                width = (self._width + 10) * share - 10
                set_ink(self.canv, INK)
                self.canv.setLineWidth(0.6)
                self.canv.line(x, y + 16, x + width, y + 16)
                draw(self.canv, x, y + 8, visible(label), SMALL)
                x += width + 10


def section(heading: str, note: str = "") -> Iterator[Flowable]:
    """Begin a section, on a new page if its heading would be left alone."""
    yield CondPageBreak(_HEADING_AND_A_FEW_ROWS)
    yield Lines(heading, HEADING, before=15, after=2)
    if note:
        yield Lines(note, SMALL, after=3)
