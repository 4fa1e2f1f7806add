"""Figures as people and programs read them: each quantity in all its forms. PURE."""

from typing import Any

from inventory.discrepancies.measures import Measure
from inventory.kernel.quantities import Strength
from inventory.reconciliation.figures import (
    CountFigures,
    CountLineFigures,
    DiscrepancyFigures,
    ProductFigures,
    ReconciliationFigures,
)
from inventory.reconciliation.rules import Equation, Quantity, Shelf


def figures_answer(figures: ReconciliationFigures) -> dict[str, Any]:
    """Give the figures in the shape of `schemas.FiguresView`."""
    return {
        "time_zone": figures.time_zone,
        "start": figures.start,
        "end": figures.end,
        "known_root": figures.root,
        "products": [_product(each) for each in figures.products],
        "counts": [_count(each) for each in figures.counts],
        "places_not_counted": figures.places_not_counted,
        "discrepancies": [_discrepancy(each) for each in figures.discrepancies],
    }


def _product(product: ProductFigures) -> dict[str, Any]:
    strength = product.strength
    return {
        "product_name": product.product_name,
        "ndc": product.ndc,
        "equation": _equation(product.equation, strength),
        "shelf": _shelf(product.shelf, strength),
        "lots": [
            {
                "lot": lot.lot,
                "expires_on": lot.expires_on,
                "equation": _equation(lot.equation, strength),
                "shelf": _shelf(lot.shelf, strength),
            }
            for lot in product.lots
        ],
        "places": [
            {"place": place.place, "shelf": _shelf(place.shelf, strength)}
            for place in product.places
        ],
        "containers": [
            {
                "number": container.number,
                "lot": container.lot,
                "place": container.place,
                "shelf": _shelf(container.shelf, strength),
            }
            for container in product.containers
        ],
        "drawn": [
            {
                "session_id": drawn.session_id,
                "container_number": drawn.container_number,
                "drawn_at": drawn.drawn_at,
                "drawn_by": drawn.drawn_by,
                "held": Measure(
                    containers=0, amount_ug=drawn.amount_ug, strength=strength
                ),
            }
            for drawn in product.drawn
        ],
    }


def _equation(equation: Equation, strength: Strength) -> dict[str, Any]:
    return {
        "terms": {
            term.value: _measure(quantity, strength)
            for term, quantity in equation.terms.items()
        },
        "on_the_books": _measure(equation.on_the_books, strength),
        "drawn": Measure(containers=0, amount_ug=equation.drawn_ug, strength=strength),
        "on_the_shelf": _measure(equation.on_the_shelf, strength),
    }


def _shelf(shelf: Shelf, strength: Strength) -> dict[str, Any]:
    counted = shelf.counted
    return {
        "expected": _measure(shelf.expected, strength),
        "short": _measure(shelf.short, strength),
        "over": _measure(shelf.over, strength),
        "counted": None if counted is None else _measure(counted, strength),
        "places_not_counted": shelf.uncounted,
    }


def _count(count: CountFigures) -> dict[str, Any]:
    witness = count.witnessed_by
    return {
        "count_id": count.count_id,
        "kind": count.kind,
        "place": count.place,
        "position": count.position,
        "committed_at": count.committed_at,
        "counted_by": count.counted_by.name,
        "witnessed_by": witness.name if witness else None,
        "lines": [_line(line) for line in count.lines],
    }


def _line(line: CountLineFigures) -> dict[str, Any]:
    return {
        "product_name": line.product_name,
        "lot": line.lot,
        "container_number": line.container_number,
        "method": line.method,
        "expected": _measure(line.expected, line.strength),
        "counted": _measure(line.counted, line.strength),
        "variance": _measure(line.variance, line.strength),
        "missing_numbers": line.missing_numbers,
    }


def _discrepancy(case: DiscrepancyFigures) -> dict[str, Any]:
    return {
        "label": case.label,
        "place": case.place,
        "product_name": case.product_name,
        "lot": case.lot,
        "container_number": case.container_number,
        "variance": _measure(case.variance, case.strength),
        "discovered_at": case.discovered_at,
    }


def _measure(quantity: Quantity, strength: Strength) -> Measure:
    return Measure(
        containers=quantity.containers, amount_ug=quantity.amount_ug, strength=strength
    )
