"""The sheet every report is printed on: who, when, which books, page n of m."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from io import BytesIO
from typing import Any, Final

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Spacer,
)

from inventory.kernel.clock import format_instant
from reports.attachments import attach
from reports.blocks import (
    HAIRLINE,
    INK,
    SOFT_INK,
    SUBTITLE,
    TITLE,
    Facts,
    Lines,
    draw,
    rule,
)
from reports.fonts import BOLD, SANS, Style, Visible, fit, visible, width_of
from reports.masthead import Edition, Facility, Period

# Pages as plain compressed bytes: ASCII armour makes them larger and slower to write.
rl_config.useA85 = 0

MARGIN: Final = 48
"""White on every side, in points."""
_FRAME_TOP: Final = 72
_FRAME_BOTTOM: Final = 66
_PAGE_TOTAL: Final = "page-total"
_RUNNING_TITLE: Final = Style(BOLD, 7.4, INK)
_RUNNING_TEXT: Final = Style(SANS, 6.6, SOFT_INK)
_BETWEEN: Final = visible("  ·  ")
_PAGE_NUMBER: Final = Style(SANS, 7.4, INK)


class Paper(StrEnum):
    """Sheets a report can be printed on."""

    LETTER = "letter"
    A4 = "a4"

    @property
    def portrait(self) -> tuple[float, float]:
        """Width and height in points."""
        return LETTER if self is Paper.LETTER else A4


def build(
    story: Iterable[Flowable],
    *,
    title: str,
    facility: Facility,
    edition: Edition,
    page_size: tuple[float, float],
) -> bytes:
    """Lay the story out on headed pages; the same story gives the same bytes (P18)."""
    width, height = page_size
    frame = Frame(
        x1=MARGIN,
        y1=_FRAME_BOTTOM,
        width=width - 2 * MARGIN,
        height=height - _FRAME_TOP - _FRAME_BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )

    def furnish(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.translate(MARGIN, 0)
        _draw_header(canvas, title, facility, (width - 2 * MARGIN, height))
        _draw_footer(canvas, edition, width - 2 * MARGIN)
        canvas.restoreState()

    out = BytesIO()
    BaseDocTemplate(
        out,
        pagesize=page_size,
        pageTemplates=[PageTemplate(frames=[frame], onPage=furnish)],
        title=visible(title),
        author=visible(facility.name),
        subject=visible(f"DEA number {facility.dea_number}"),
        creator=visible(edition.software_version),
        invariant=1,
        lang="en-US",
    ).build(
        list(story),
        canvasmaker=partial(_FinishedCanvas, attachments=edition.evidence.attachments),
    )
    return out.getvalue()


class _FinishedCanvas(Canvas):
    """Attaches files, and fills in the number of pages when it is known.

    Every page refers to one form that is defined last, so no page is kept back.
    """

    def __init__(
        self, *arguments: Any, attachments: Mapping[str, bytes], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._attachments = attachments

    def save(self) -> None:
        pages = self.getPageNumber() - 1
        self.beginForm(_PAGE_TOTAL)
        draw(self, 0, 0, visible(str(pages)), _PAGE_NUMBER)
        self.endForm()
        attach(self, self._attachments)
        super().save()


def _draw_header(
    canvas: Canvas, title: str, facility: Facility, size: tuple[float, float]
) -> None:
    width, height = size
    shown_title = fit(title, _RUNNING_TITLE, width * 0.42)
    shown = _joined(
        (facility.name, 0.38),
        (f"DEA {facility.dea_number}", 0.20),
        (facility.address, 0.42),
        room=width - width_of(shown_title, _RUNNING_TITLE) - 16,
    )
    draw(canvas, 0, height - 46, shown_title, _RUNNING_TITLE)
    x = width - width_of(shown, _RUNNING_TEXT)
    draw(canvas, x, height - 46, shown, _RUNNING_TEXT)
    rule(canvas, height - 53, width, ink=INK, weight=0.6)


def _joined(*parts: tuple[str, float], room: float) -> Visible:
    """Set texts side by side; if they do not fit, each is cut to its share.

    None crowds another out.
    """
    whole = Visible(_BETWEEN.join(visible(text) for text, _ in parts))
    if width_of(whole, _RUNNING_TEXT) <= room:
        return whole
    room -= (len(parts) - 1) * width_of(_BETWEEN, _RUNNING_TEXT)
    cut = (fit(text, _RUNNING_TEXT, room * share) for text, share in parts)
    return Visible(_BETWEEN.join(cut))


def _draw_footer(canvas: Canvas, edition: Edition, width: float) -> None:
    room = width - 100
    books = (
        f"Book position {edition.position}  ·  tree root {edition.short_root}"
        f"  ·  signed in checkpoint {edition.evidence.size}"
    )
    made_by = f"{format_instant(edition.generated_at)} by {edition.generated_by}"
    making = _joined(
        (f"Generated {made_by}", 0.7), (edition.software_version, 0.3), room=room
    )
    rule(canvas, 52, width, ink=HAIRLINE, weight=0.5)
    draw(canvas, 0, 41, fit(books, _RUNNING_TEXT, room), _RUNNING_TEXT)
    draw(canvas, 0, 31, making, _RUNNING_TEXT)
    number = visible(f"Page {canvas.getPageNumber()} of ")
    x = width - width_of(visible("Page 88 of 88"), _PAGE_NUMBER)
    draw(canvas, x, 41, number, _PAGE_NUMBER)
    canvas.saveState()
    canvas.translate(x + width_of(number, _PAGE_NUMBER), 41)
    canvas.doForm(_PAGE_TOTAL)
    canvas.restoreState()


def title_block(
    title: str, subtitle: str, facts: Iterable[tuple[str, str]]
) -> Iterator[Flowable]:
    """Open the first page: the title, what it is about, the particulars."""
    yield Lines(title, TITLE, after=1)
    yield Lines(subtitle, SUBTITLE, after=8)
    yield Facts(facts)
    yield Spacer(0, 12)


def particulars(
    facility: Facility, period: Period, edition: Edition
) -> tuple[tuple[str, str], ...]:
    """List what every first page states (21 CFR 1304.04, AC-60)."""
    return (
        ("Registered place", f"{facility.name}, {facility.kind}"),
        ("DEA number", facility.dea_number),
        ("Address", facility.address),
        ("Period", str(period)),
        ("As of", f"{period.local(edition.as_of)} ({format_instant(edition.as_of)})"),
        ("Records read", f"entries 1 to {edition.position} of the books"),
    )
