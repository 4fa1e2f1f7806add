"""What a comparison of books and count is said to be, and how a variance is written."""

from collections.abc import Iterator

from inventory.kernel.quantities import Form, Strength, format_amount, format_mg
from inventory.reconciliation.rules import ZERO, Quantity, Shelf
from reports.blocks import Finding


def finding(shelf: Shelf) -> Finding:
    """Judge a shelf; a shortage anywhere on it is never netted away (I36)."""
    if shelf.short != ZERO:
        return Finding.SHORT
    if shelf.over != ZERO:
        return Finding.OVER
    return Finding.NOT_COUNTED if shelf.uncounted else Finding.AGREES


def variances(shelf: Shelf) -> Iterator[tuple[Finding, Quantity]]:
    """Give what was short and what was over, apart; nothing where all agrees."""
    for found, quantity in ((Finding.SHORT, shelf.short), (Finding.OVER, shelf.over)):
        if quantity != ZERO:
            yield found, quantity


def signed(quantity: Quantity, strength: Strength) -> str:
    """Write a variance in every measure that fits: "-1 container, -10 mL, -500 mg"."""
    return measures(quantity, strength, plus="+")


def measures(quantity: Quantity, strength: Strength, *, plus: str = "") -> str:
    """Write a quantity in every measure that fits; a device is its own container."""
    containers = quantity.containers
    parts = []
    if containers and strength.form is Form.SOLUTION:
        noun = "container" if abs(containers) == 1 else "containers"
        parts.append(f"{plus if containers > 0 else ''}{containers} {noun}")
    sign = plus if quantity.amount_ug > 0 else ""
    parts.append(sign + format_amount(quantity.amount_ug, strength))
    parts.append(sign + format_mg(quantity.amount_ug))
    return ", ".join(parts)
