"""The verdict of a reconciliation, in words; shortages are never netted away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from inventory.kernel.quantities import Form, Strength, format_amount, format_mg
from reports.blocks import Finding
from reports.reconciliation_data import (
    Comparison,
    DiscrepancyLine,
    ProductBooks,
    Quantity,
    Reconciliation,
)

_MOST_DETAILS: Final = 4
_VARIES: Final = (Finding.SHORT, Finding.OVER)


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


def verdict(data: Reconciliation) -> VerdictWords:
    """Say what was found: open discrepancies first, then variances without one."""
    cases = [case for case in data.discrepancies if case.is_open]
    variances = [
        *(_Variance(case.variance, _case_sentence(case)) for case in cases),
        *(item for product in data.products for item in _without_case(product, cases)),
    ]
    uncounted = [line for product in data.products for line in _uncounted(product)]
    if variances:
        return _varies(variances, uncounted)
    if all(product.counted is None for product in data.products):
        headline = "Nothing was counted: the books stand unconfirmed"
        return VerdictWords(Finding.NOT_COUNTED, headline, ())
    headline = "All counted stock agrees with the books"
    return VerdictWords(Finding.AGREES, headline, tuple(uncounted))


def signed(quantity: Quantity, strength: Strength) -> str:
    """Write a variance in every measure that fits: "-1 container, -10 mL, -500 mg"."""
    containers = quantity.containers
    parts = []
    if containers and strength.form is Form.SOLUTION:
        noun = "container" if abs(containers) == 1 else "containers"
        parts.append(f"{containers:+d} {noun}")
    plus = "+" if quantity.amount_ug > 0 else ""
    parts.append(plus + format_amount(quantity.amount_ug, strength))
    parts.append(plus + format_mg(quantity.amount_ug))
    return ", ".join(parts)


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
    if any(quantity != Quantity() for quantity in found):
        return Finding.OVER, "OVER: more was counted than the books hold"
    return Finding.OVER, "A discrepancy is open"


def where(case: DiscrepancyLine) -> str:
    """Say what a case is about: lot, container and place, as far as it names them."""
    named = (("lot ", case.lot), ("container ", case.container), ("", case.place))
    return ", ".join(f"{noun}{name}" for noun, name in named if name)


def _case_sentence(case: DiscrepancyLine) -> str:
    words = f"{signed(case.variance, case.strength)} of {case.product}, {where(case)}"
    return f"{words}: discrepancy {case.number}, {case.state}."


def _without_case(
    product: ProductBooks, cases: Iterable[DiscrepancyLine]
) -> Iterator[_Variance]:
    named = {
        name
        for case in cases
        if case.product == product.name
        for name in (case.lot, case.container, case.place, product.total.name)
    }
    for noun, line in _finest_varying(product):
        variance = line.variance
        if variance is not None and line.name not in named:
            amount = signed(variance, product.strength)
            what = f"{amount} of {product.name}, {noun}{line.name}"
            yield _Variance(variance, f"{what}: no discrepancy is open for it.")


def _finest_varying(product: ProductBooks) -> list[tuple[str, Comparison]]:
    """Find the level that shows the variance: a surplus elsewhere must not hide it."""
    levels = (
        ("lot ", product.lots),
        ("container ", product.containers),
        ("", product.places),
        ("", (product.total,)),
    )
    for noun, lines in levels:
        if varying := [(noun, line) for line in lines if line.finding in _VARIES]:
            return varying
    return []


def _uncounted(product: ProductBooks) -> Iterator[str]:
    missed = [line.name for line in product.lots if line.finding is Finding.NOT_COUNTED]
    if missed:
        yield f"Not counted, so not confirmed: {product.name}, lot {', '.join(missed)}."
    elif product.counted is None:
        yield f"Not counted, so not confirmed: {product.name}."
