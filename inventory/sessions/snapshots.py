"""Labels as they are copied into the journal, so that it alone tells the story (I9)."""

from typing import Any

from inventory.models.containers import Container, Lot


def container_label(container: Container, lot: Lot) -> dict[str, Any]:
    """Give a container's number, and the lot and expiry printed on it."""
    return {
        "container": container.id,
        "number": container.number,
        "lot": lot.lot,
        "expires_on": lot.expires_on.isoformat(),
    }


def product_label(lot: Lot) -> dict[str, Any]:
    """Give a product's name, code and strength, as copied to the lot at receipt."""
    return {
        "name": lot.product_name,
        "ndc": lot.ndc,
        "form": lot.form,
        "ug_per_unit": lot.ug_per_unit,
    }
