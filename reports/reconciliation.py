"""The reconciliation report: what the books expect against what was counted.

Printed straight from the figures, which are integers of micrograms summed from the
books: no figure on the page was typed twice (Cal. 16 CCR 1715.65).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.platypus import CondPageBreak, Flowable

from inventory.reconciliation.figures import ReconciliationFigures
from reports.blocks import SignatureLines, Verdict, section
from reports.catalogue import RECONCILIATION
from reports.count_tables import counts_used, open_discrepancies, varying
from reports.equation import equation
from reports.how_to_check import how_to_check
from reports.layout import Paper, build, particulars, title_block
from reports.masthead import Edition, Facility, Period
from reports.product_tables import comparisons, open_draws
from reports.reconciliation_verdict import verdict

_ROOM_TO_SIGN: Final = 200  # heading and lines, in points
_SIGNED_AS: Final = (
    "Counted by: I counted what this report states, without seeing what was expected",
    "Witnessed by: I saw the count and proved my identity to the record of it",
    "Reviewed by: I compared books and count and answer for the outcome stated above",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """All that the report prints."""

    facility: Facility
    edition: Edition
    figures: ReconciliationFigures

    @property
    def period(self) -> Period:
        """The days that were reconciled."""
        figures = self.figures
        return Period(
            first_day=figures.first_day,
            last_day=figures.last_day,
            zone=ZoneInfo(figures.time_zone),
            starts_at=figures.start,
            ends_at=figures.end,
        )


def render(data: Reconciliation, *, paper: Paper = Paper.LETTER) -> bytes:
    """Print the report as PDF; the same data gives the same bytes (P18, AC-60)."""
    return build(
        _story(data),
        title=RECONCILIATION.title,
        facility=data.facility,
        edition=data.edition,
        page_size=paper.portrait,
    )


def _story(data: Reconciliation) -> Iterator[Flowable]:
    figures, period = data.figures, data.period
    words = verdict(figures)
    facts = particulars(data.facility, period, data.edition)
    yield from title_block(RECONCILIATION.title, data.facility.name, facts)
    yield Verdict(words.finding, words.headline, words.details)
    yield from open_discrepancies(figures.discrepancies, period)
    for product in figures.products:
        yield from equation(product)
    for product in figures.products:
        yield from comparisons(product)
        yield from open_draws(product, period)
    yield from counts_used(figures.counts, period)
    yield from varying(figures.counts)
    yield from how_to_check(period, data.edition)
    yield CondPageBreak(_ROOM_TO_SIGN)
    yield from section("Signatures")
    yield SignatureLines(_SIGNED_AS)
