"""Tables of any length: rows come from an iterator and are drawn page by page.

ReportLab's own tables hold every row and grow quadratically when split. This one keeps
the rows of a single page, repeats its header, aligns figures on the decimal point, and
can print what is carried forward to the next page and brought forward onto it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate
from typing import Final

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from reports.blocks import ALARM, HAIRLINE, INK, SOFT_INK, draw, rule, set_ink
from reports.fonts import BOLD, SANS, Style, Visible, visible, width_of, wrap

_SIZE: Final = 7
_HEAD: Final = Style(SANS, 6.4, SOFT_INK)
_TAG: Final = Style(BOLD, 6, 0xFFFFFF)
_GUTTER: Final = 7
_PADDING: Final = 2.7
_MOST_LINES: Final = 8
_BOLD_EXCESS: Final = 2  # bold decimals are wider, and may stand in the gutter


class Align(Enum):
    """How a column's cells stand; a figure stands with its point under the others'."""

    LEFT = auto()
    FIGURE = auto()
    TAG = auto()


class Tone(Enum):
    """How a row is set: its face and its shade."""

    PLAIN = Style(SANS, _SIZE, INK)
    SOFT = Style(SANS, _SIZE, SOFT_INK)
    TOTAL = Style(BOLD, _SIZE, INK)
    ALARM = Style(BOLD, _SIZE, ALARM)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; width in points, the room that is left over goes to `stretch`."""

    title: str
    width: float
    align: Align = Align.LEFT
    decimals: int = 0
    stretch: float = 0


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, as text; a total is `ruled` off from what is above it."""

    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    ruled: bool = False


Carry = Callable[[Row], tuple[Row, Row]]
"""From the last row of a page: its carried forward line, and the next page's first."""


@dataclass(frozen=True, slots=True)
class _SetRow:
    """A row whose cells are broken into lines, and its height in points."""

    row: Row
    cells: tuple[list[Visible], ...]
    height: float


class Table(Flowable):
    """Rows under a repeated header; splits itself at the foot of each page."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        carry: Carry | None = None,
    ) -> None:
        super().__init__()
        self._columns, self._rows, self._carry = columns, iter(rows), carry
        self._buffer: list[_SetRow] = []
        self._widths: list[float] = []

    def wrap(
        self, available_width: float, available_height: float
    ) -> tuple[float, float]:
        """Set rows until they are all set or the room is used up."""
        self._widths = _widths(self._columns, available_width)
        height = self._header_height() + sum(line.height for line in self._buffer)
        while height <= available_height and (row := next(self._rows, None)):
            line = self._set(row)
            self._buffer.append(line)
            height += line.height
        return available_width, height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Part the rows that fit from the rest, with the carried lines between."""
        self.wrap(available_width, available_height)
        room = available_height - self._header_height()
        fitting = self._fitting(room - (self._foot_height() if self._carry else 0))
        if fitting < 1:
            return []
        page, rest = self._buffer[:fitting], self._buffer[fitting:]
        if self._carry:
            forward, brought = self._carry(page[-1].row)
            page.append(self._set(forward))
            rest.insert(0, self._set(brought))
        return [self._part(page, ()), self._part(rest, self._rows)]

    def draw(self) -> None:
        """Draw the last page's rows."""
        _draw_page(self.canv, self._columns, self._widths, self._buffer)

    def _part(self, buffer: list[_SetRow], rows: Iterable[Row]) -> "Table":
        part = Table(self._columns, rows, carry=self._carry)
        part._buffer = buffer
        return part

    def _fitting(self, room: float) -> int:
        for count, line in enumerate(self._buffer):
            room -= line.height
            if room < 0:
                return count
        return len(self._buffer)

    def _foot_height(self) -> float:
        return Tone.SOFT.value.leading + 2 * _PADDING

    def _header_height(self) -> float:
        return _title_lines(self._columns, self._widths) * _HEAD.leading + 6

    def _set(self, row: Row) -> _SetRow:
        style = row.tone.value
        cells = tuple(
            wrap(text, style, width, most_lines=_MOST_LINES)
            for text, width in zip(row.cells, self._widths, strict=True)
        )
        height = max(len(lines) for lines in cells) * style.leading + 2 * _PADDING
        return _SetRow(row, cells, height)


def _widths(columns: Sequence[Column], available: float) -> list[float]:
    spare = available - sum(column.width + _GUTTER for column in columns) + _GUTTER
    stretch = sum(column.stretch for column in columns) or 1
    assert spare >= 0, "the columns are wider than the page"
    return [column.width + spare * column.stretch / stretch for column in columns]


def _titles(columns: Sequence[Column], widths: Sequence[float]) -> list[list[Visible]]:
    return [
        wrap(column.title, _HEAD, width)
        for column, width in zip(columns, widths, strict=True)
    ]


def _title_lines(columns: Sequence[Column], widths: Sequence[float]) -> int:
    return max(len(lines) for lines in _titles(columns, widths))


def _lefts(widths: Sequence[float]) -> Iterator[float]:
    x = 0.0
    for width in widths:
        yield x
        x += width + _GUTTER


def _draw_page(
    canvas: Canvas,
    columns: Sequence[Column],
    widths: Sequence[float],
    page: Sequence[_SetRow],
) -> None:
    total_width = sum(widths) + _GUTTER * (len(widths) - 1)
    height = sum(line.height for line in page)
    _draw_titles(canvas, columns, widths, height)
    rule(canvas, height, total_width, ink=INK, weight=0.6)
    feet = list(accumulate((-line.height for line in page), initial=height))
    set_ink(canvas, HAIRLINE)
    canvas.setLineWidth(0.3)
    canvas.lines([(0, y, total_width, y) for y in feet[1:]])
    for line, top, foot in zip(page, feet, feet[1:], strict=False):
        if line.row.ruled:
            rule(canvas, top, total_width, ink=INK, weight=0.6)
        _draw_row(canvas, columns, widths, line, foot)


def _draw_titles(
    canvas: Canvas, columns: Sequence[Column], widths: Sequence[float], y: float
) -> None:
    cells = _titles(columns, widths)
    for column, width, left, lines in zip(
        columns, widths, _lefts(widths), cells, strict=True
    ):
        for index, text in enumerate(reversed(lines)):
            x = left
            if column.align is Align.FIGURE:
                x += width - width_of(text, _HEAD)
            draw(canvas, x, y + 5 + index * _HEAD.leading, text, _HEAD)


def _draw_row(
    canvas: Canvas,
    columns: Sequence[Column],
    widths: Sequence[float],
    line: _SetRow,
    y: float,
) -> None:
    style = line.row.tone.value
    top = y + line.height - _PADDING - style.size * 1.06
    set_ink(canvas, style.ink)
    text = canvas.beginText()
    text.setFont(style.face, style.size)
    tags = []
    for column, width, left, lines in zip(
        columns, widths, _lefts(widths), line.cells, strict=True
    ):
        for index, shown in enumerate(lines):
            baseline = top - index * style.leading
            if column.align is Align.TAG and line.row.tone is Tone.ALARM and shown:
                tags.append((left, baseline, shown))
            elif shown:
                x = left + _indent(column, width, shown, style)
                text.setTextOrigin(x, baseline)
                text.textOut(shown)
    canvas.drawText(text)
    for left, baseline, shown in tags:
        _draw_tag(canvas, left, baseline, shown)


def _indent(column: Column, width: float, text: Visible, style: Style) -> float:
    """Stand the decimal point under the others'; never leave the column."""
    if column.align is not Align.FIGURE:
        return 0
    whole, _, _ = text.partition(".")
    reserve = visible("." + "0" * column.decimals if column.decimals else "")
    at_point = width - width_of(reserve, Tone.PLAIN.value)
    at_edge = width + _BOLD_EXCESS - width_of(text, style)
    return max(0, min(at_point - width_of(Visible(whole), style), at_edge))


def _draw_tag(canvas: Canvas, x: float, baseline: float, text: Visible) -> None:
    set_ink(canvas, ALARM)
    canvas.rect(
        x, baseline - 2.2, width_of(text, _TAG) + 7, _TAG.size + 3.6, stroke=0, fill=1
    )
    draw(canvas, x + 3.5, baseline + 0.2, text, _TAG)
