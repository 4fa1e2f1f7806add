"""Labels as they are copied into the journal, so that it alone tells the story (I9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.containers import Container, Lot

# A container's id -> the container and its lot, which carries the product's label.
Labels = Mapping[str, tuple[Container, Lot]]


def read_labels(db: Session, container_ids: Sequence[str]) -> Labels:
    """Give containers and their lots by id, without locking them."""
    rows = db.execute(
        select(Container, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(Container.id.in_(container_ids))
    )
    return {container.id: (container, lot) for container, lot in rows}


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
