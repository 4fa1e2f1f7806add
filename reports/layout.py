"""The sheet every report is printed on: who, when, which books, page n of m."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

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
from reports.blocks import (
    FIGURE,
    HAIRLINE,
    INK,
    SOFT_INK,
    SUBTITLE,
    TITLE,
    Facts,
    Lines,
    draw,
    rule,
    section,
)
from reports.fonts import BOLD, SANS, Style, Visible, fit, visible, width_of

MARGIN: Final = 48
"""White on every side, in points."""
_FRAME_TOP: Final = 72
_FRAME_BOTTOM: Final = 66
_PAGE_TOTAL: Final = "page-total"
_RUNNING_TITLE: Final = Style(BOLD, 7.4, INK)
_RUNNING_TEXT: Final = Style(SANS, 6.6, SOFT_INK)
_PAGE_NUMBER: Final = Style(SANS, 7.4, INK)


class Paper(Enum):
    """Sheet sizes, portrait, in points."""

    LETTER = LETTER
    A4 = A4


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """The registered location whose books these are (21 CFR 1304.04)."""

    name: str
    dea_number: str
    address: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole civil days, first to last, in the site's zone; the instants are half-open.

    `starts_at` and `ends_at` are the zone's bounds of those days, in UTC
    (`inventory.kernel.clock.period_bounds`).
    """

    first_day: date
    last_day: date
    zone: ZoneInfo
    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        """Name both ends and the zone, the last day to its end."""
        return f"{self.first_day} 00:00 to {self.last_day} 24:00 {self.zone}"

    def local(self, instant: datetime) -> str:
        """Write an instant on the site's clock, with its offset in a doubled hour."""
        here = instant.astimezone(self.zone)
        doubled = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
        return here.strftime("%Y-%m-%d %H:%M" + (" %z" if doubled else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The state of the books a report was printed from, and its making.

    Attributes:
        as_of: what had occurred by this instant is in the report.
        position: the last journal position read; the books hold this many entries.
        root: the tree's root over positions 1..`position`, SHA-256 in hex (RFC 6962).
        record_count: entries of the period that this report rests on.
        generated_at: by the server's clock.
        generated_by: printed name of the person, or name of the job.
        software_version: such as "Countersign 0.1.0".
    """

    as_of: datetime
    position: int
    root: str
    record_count: int
    generated_at: datetime
    generated_by: str
    software_version: str

    @property
    def short_root(self) -> str:
        """The first 16 digits; the full root stands under "How to check"."""
        return f"{self.root[:16]}…"


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
    ).build(list(story), canvasmaker=_CountingCanvas)
    return out.getvalue()


class _CountingCanvas(Canvas):
    """Fills in the number of pages when it is known.

    Every page refers to one form that is defined last, so no page is kept back.
    """

    def save(self) -> None:
        pages = self.getPageNumber() - 1
        self.beginForm(_PAGE_TOTAL)
        draw(self, 0, 0, visible(str(pages)), _PAGE_NUMBER)
        self.endForm()
        super().save()


def _draw_header(
    canvas: Canvas, title: str, facility: Facility, size: tuple[float, float]
) -> None:
    width, height = size
    shown_title = fit(title, _RUNNING_TITLE, width * 0.30)
    shown = _joined(
        (facility.name, width * 0.22),
        (f"DEA {facility.dea_number}", width * 0.13),
        (facility.address, width * 0.31),
    )
    draw(canvas, 0, height - 46, shown_title, _RUNNING_TITLE)
    x = width - width_of(shown, _RUNNING_TEXT)
    draw(canvas, x, height - 46, shown, _RUNNING_TEXT)
    rule(canvas, height - 53, width, ink=INK, weight=0.6)


def _joined(*parts: tuple[str, float]) -> Visible:
    """Set texts side by side, each within its own room: none crowds another out."""
    shown = (fit(text, _RUNNING_TEXT, room) for text, room in parts)
    return Visible("  ·  ".join(shown))


def _draw_footer(canvas: Canvas, edition: Edition, width: float) -> None:
    room = width - 100
    books = f"Book position {edition.position}  ·  tree root {edition.short_root}"
    made_by = f"{format_instant(edition.generated_at)} by {edition.generated_by}"
    making = _joined(
        (f"Generated {made_by}", room * 0.7), (edition.software_version, room * 0.28)
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
        (
            "Records",
            f"{edition.record_count} in the period, of {edition.position} in the books",
        ),
    )


def how_to_check(period: Period, edition: Edition) -> Iterator[Flowable]:
    """State the evidence by which a reader can check the report without us."""
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
