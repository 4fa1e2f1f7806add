"""The end of every report: the evidence by which it can be checked without us."""

import re
from collections.abc import Iterator
from typing import Any, Final

import zxingcpp
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from inventory.journal.notes import taken_apart
from inventory.kernel.clock import format_instant
from reports.blocks import BODY, FIGURE, INK, Facts, draw, section, set_ink
from reports.fonts import MONO, Style, Visible, wrap
from reports.masthead import Edition, Evidence, Period

_CODE_SIDE: Final = 132
"""Points; at a million entries a module of the code is still 0.4 mm."""
_GUTTER: Final = 16
_NOTE: Final = Style(MONO, 6.4, INK)
_ROOM: Final = 260
_DARK: Final = re.compile(rb"\x00+")

_OF_AN_ENTRY: Final = (
    "The totals of this report stand in an entry of the record, made at the same time. "
    "The code holds the proof that this entry is in the record of which the checkpoint "
    "below was signed. The same proof, with the entry itself, is attached to this file "
    "as proof.txt. The verifier says whether they fit; it needs nothing from us."
)
_OF_A_BOOK: Final = (
    "The code holds the signed checkpoint below, which is also attached to this file "
    "as checkpoint.txt. An export of the record up to this checkpoint must have its "
    "root. The verifier says whether it has; it needs nothing from us."
)


def how_to_check(period: Period, edition: Edition) -> Iterator[Flowable]:
    """State the evidence by which a reader can check the report without us."""
    yield CondPageBreak(_ROOM)
    yield from section("How to check this report")
    yield Facts(
        (
            ("Book position", str(edition.position)),
            ("Tree root (SHA-256)", edition.root),
            ("Period, first instant", format_instant(period.starts_at)),
            ("Period, ends before", format_instant(period.ends_at)),
            (
                "Generated",
                f"{format_instant(edition.generated_at)} by {edition.generated_by}",
            ),
            ("Software", edition.software_version),
        ),
        FIGURE,
    )
    yield Spacer(0, 10)
    yield _Signed(edition.evidence)


class _Signed(Flowable):
    """The QR code, and beside it what it says: in words, and the checkpoint itself."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence
        self._words: list[Visible] = []
        self._note: list[Visible] = []

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Set the words beside the code."""
        room = available_width - _CODE_SIDE - _GUTTER
        words = _OF_AN_ENTRY if self._evidence.proof else _OF_A_BOOK
        self._words = wrap(words, BODY, room)
        self._note = [
            line for text in self._lines() for line in wrap(text, _NOTE, room)
        ]
        return available_width, max(_CODE_SIDE, self._height())

    def draw(self) -> None:
        """Draw the code on the left, the texts downwards on the right."""
        top = max(_CODE_SIDE, self._height())
        self.canv.saveState()
        self.canv.translate(0, top - _CODE_SIDE)
        _draw_code(self.canv, self._evidence.code, _CODE_SIDE)
        self.canv.restoreState()
        x, y = _CODE_SIDE + _GUTTER, top
        for line in self._words:
            y -= BODY.leading
            draw(self.canv, x, y + 0.3 * BODY.size, line, BODY)
        y -= BODY.leading
        for line in self._note:
            y -= _NOTE.leading
            draw(self.canv, x, y + 0.3 * _NOTE.size, line, _NOTE)

    def _lines(self) -> list[str]:
        text, signatures = taken_apart(self._evidence.note)
        return [*text.splitlines(), "", *map(str, signatures)]

    def _height(self) -> float:
        return (len(self._words) + 1) * BODY.leading + len(self._note) * _NOTE.leading


def _draw_code(canvas: Canvas, text: str, side: float) -> None:
    """Draw a QR code as rectangles, one for each run of dark modules in a row."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    modules, _ = image.shape
    pixels, module = memoryview(image).tobytes(), side / modules
    shape = canvas.beginPath()
    for row in range(modules):
        line = pixels[row * modules : (row + 1) * modules]
        for run in _DARK.finditer(line):
            width = (run.end() - run.start()) * module
            y = side - (row + 1) * module
            shape.rect(run.start() * module, y, width, module)
    set_ink(canvas, INK)
    canvas.drawPath(shape, stroke=0, fill=1)
