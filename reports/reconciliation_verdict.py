"""The verdict of a reconciliation, in words; shortages are never netted away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from inventory.reconciliation.figures import (
    CountFigures,
    CountLineFigures,
    DiscrepancyFigures,
    ReconciliationFigures,
)
from inventory.reconciliation.rules import ZERO, Quantity
from reports.blocks import Finding
from reports.findings import signed

_MOST_DETAILS: Final = 4


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """The box on the first page."""

    finding: Finding
    headline: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Variance:
    quantity: Quantity
    sentence: str


def verdict(figures: ReconciliationFigures) -> VerdictWords:
    """Say what was found: open discrepancies first, then variances without one."""
    cases = figures.discrepancies
    variances = [
        *(_Variance(case.variance, _case_sentence(case)) for case in cases),
        *_without_case(figures.counts, cases),
    ]
    uncounted = list(_uncounted(figures.places_not_counted))
    if variances:
        return _varies(variances, uncounted)
    if not figures.counts:
        headline = "Nothing was counted: the books stand unconfirmed"
        return VerdictWords(Finding.NOT_COUNTED, headline, ())
    headline = "All counted stock agrees with the books"
    return VerdictWords(Finding.AGREES, headline, tuple(uncounted))


def varying_lines(
    counts: Iterable[CountFigures],
) -> Iterator[tuple[CountFigures, CountLineFigures]]:
    """Give the lines of counts that differ from the books, each with its count."""
    for count in counts:
        for line in count.lines:
            if line.variance != ZERO:
                yield count, line


def where(subject: DiscrepancyFigures | CountLineFigures, place: str) -> str:
    """Say what a variance is about: lot, container if it is one, and place."""
    number = subject.container_number
    container = () if number is None else (f"container {number}",)
    return ", ".join((f"lot {subject.lot}", *container, place))


def _varies(variances: list[_Variance], uncounted: list[str]) -> VerdictWords:
    finding, headline = _headline([item.quantity for item in variances])
    details = [item.sentence for item in variances[:_MOST_DETAILS]]
    if more := len(variances) - len(details):
        details.append(f"And {more} more, listed below.")
    return VerdictWords(finding, headline, (*details, *uncounted))


def _headline(quantities: Iterable[Quantity]) -> tuple[Finding, str]:
    found = list(quantities)
    missing = -sum(min(0, quantity.containers) for quantity in found)
    if missing:
        noun = "container" if missing == 1 else "containers"
        return Finding.SHORT, f"SHORT: {missing} {noun} missing"
    if any(quantity.amount_ug < 0 for quantity in found):
        return Finding.SHORT, "SHORT: less was counted than the books hold"
    return Finding.OVER, "OVER: more was counted than the books hold"


def _case_sentence(case: DiscrepancyFigures) -> str:
    words = signed(case.variance, case.strength)
    about = where(case, case.place)
    return f"{words} of {case.product_name}, {about}: discrepancy {case.label}, open."


def _without_case(
    counts: Iterable[CountFigures], cases: Iterable[DiscrepancyFigures]
) -> Iterator[_Variance]:
    named = {
        (case.product_name, case.lot, case.container_number, case.place)
        for case in cases
    }
    for count, line in varying_lines(counts):
        subject = (line.product_name, line.lot, line.container_number, count.place)
        if subject not in named:
            words = signed(line.variance, line.strength)
            about = f"{words} of {line.product_name}, {where(line, count.place)}"
            sentence = f"{about}: no discrepancy is open for it."
            yield _Variance(line.variance, sentence)


def _uncounted(places: tuple[str, ...]) -> Iterator[str]:
    if places:
        yield f"Not counted in the period, so not confirmed: {', '.join(places)}."
