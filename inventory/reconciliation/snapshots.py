"""What the journal keeps of a reconciliation: its totals, and what they rest on."""

from typing import Any

from inventory.reconciliation.figures import ProductFigures, ReconciliationFigures
from inventory.reconciliation.rules import Quantity


def totals_snapshot(figures: ReconciliationFigures) -> dict[str, Any]:
    """Give the totals of each product, the counts used and the open cases."""
    return {
        "first_day": figures.first_day.isoformat(),
        "last_day": figures.last_day.isoformat(),
        "time_zone": figures.time_zone,
        "known_position": figures.known_position,
        "known_root": figures.root.hex(),
        "products": [_product(each) for each in figures.products],
        "counts": [count.count_id for count in figures.counts],
        "places_not_counted": list(figures.places_not_counted),
        "discrepancies": [case.label for case in figures.discrepancies],
    }


def _product(figures: ProductFigures) -> dict[str, Any]:
    equation, shelf = figures.equation, figures.shelf
    return {
        "product": figures.product_name,
        "ndc": figures.ndc,
        "form": figures.strength.form.value,
        "ug_per_unit": figures.strength.ug_per_unit,
        "terms": {term.value: _pair(each) for term, each in equation.terms.items()},
        "on_the_books": _pair(equation.on_the_books),
        "drawn_ug": equation.drawn_ug,
        "on_the_shelf": _pair(shelf.expected),
        "short": _pair(shelf.short),
        "over": _pair(shelf.over),
        "counted": _pair(shelf.counted) if shelf.counted else None,
        "places_not_counted": list(shelf.uncounted),
    }


def _pair(quantity: Quantity) -> dict[str, int]:
    return {"amount_ug": quantity.amount_ug, "containers": quantity.containers}
