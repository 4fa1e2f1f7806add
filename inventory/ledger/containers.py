"""Numbered containers and their lots: numbered, opened, retired. Part of the books.

Features that are siblings meet here: receiving numbers containers, sessions open and
draw from them, counts look for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.kernel.quantities import Form, Strength
from inventory.ledger.postings import Portion
from inventory.models.catalog import Product
from inventory.models.containers import Container, Lot
from inventory.models.sites import Registration

SEALED, IN_USE, RETIRED = "sealed", "in_use", "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLabel:
    """What is printed on the containers of one lot."""

    product: Product
    lot: str
    expires_on: date


def strength_of(source: Lot | Product) -> Strength:
    """Give the strength that a lot was received with, or that a product has."""
    return Strength(Form(source.form), source.ug_per_unit)


def lock_registration(db: Session, registration_id: str) -> Registration:
    """Lock a registration's row while numbers are drawn from it.

    Raises:
        InventoryError: NOT_FOUND.
    """
    row = db.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND, "There is no such registration.", field="registration"
        )
    return row


def find_or_add_lot(
    db: Session, registration_id: str, label: LotLabel, *, at: datetime, field: str
) -> Lot:
    """Give the lot of a registration, copying the product's figures when it is new.

    Raises:
        InventoryError: LOT_EXPIRY_DIFFERS when the same lot was received with another
            expiry: one of the two labels was misread.
    """
    product = label.product
    known = db.scalar(
        select(Lot).where(
            Lot.registration_id == registration_id,
            Lot.product_id == product.id,
            Lot.lot == label.lot,
        )
    )
    if known is None:
        known = Lot(
            id=new_id("lot", at),
            registration_id=registration_id,
            product_id=product.id,
            product_name=product.name,
            ndc=product.ndc,
            lot=label.lot,
            expires_on=label.expires_on,
            form=product.form,
            ug_per_unit=product.ug_per_unit,
            nominal_ug=product.nominal_ug,
        )
        db.add(known)
        db.flush()
    if known.expires_on != label.expires_on:
        raise InventoryError(
            ErrorCode.LOT_EXPIRY_DIFFERS,
            f"Lot {label.lot} is already in the books with expiry "
            f"{known.expires_on.isoformat()}. Read the label again.",
            field=field,
            known=known.expires_on.isoformat(),
            given=label.expires_on.isoformat(),
        )
    return known


def number_containers(
    db: Session,
    registration: Registration,
    lots: Iterable[tuple[Lot, int]],
    *,
    location_id: str,
    at: datetime,
) -> list[Container]:
    """Give each container of a delivery its number; returns them in number order.

    Args:
        db: the open transaction.
        registration: locked by `lock_registration`, so that numbers are dense.
        lots: each lot with its number of containers.
        location_id: the place they are put.
        at: when they were received.
    """
    number = registration.containers_numbered
    containers = []
    for lot, how_many in lots:
        for _ in range(how_many):
            number += 1
            containers.append(
                Container(
                    id=new_id("ctr", at),
                    registration_id=registration.id,
                    number=number,
                    lot_id=lot.id,
                    location_id=location_id,
                    nominal_ug=lot.nominal_ug,
                    state=SEALED,
                    received_at=at,
                )
            )
    registration.containers_numbered = number
    db.add_all(containers)
    db.flush()
    return containers


def lock_containers(
    db: Session, registration_id: str, container_ids: Sequence[str], *, field: str
) -> list[tuple[Container, Lot]]:
    """Lock containers in sorted order; give them, with lots, in the order asked.

    Raises:
        InventoryError: NOT_FOUND when one is not in this book.
    """
    rows = db.execute(
        select(Container, Lot)
        .join(Lot, Lot.id == Container.lot_id)
        .where(
            Container.registration_id == registration_id,
            Container.id.in_(container_ids),
        )
        .order_by(Container.id)
        .with_for_update(key_share=True, of=Container)
    )
    found = {container.id: (container, lot) for container, lot in rows}
    for index, container_id in enumerate(container_ids):
        if container_id not in found:
            raise InventoryError(
                ErrorCode.NOT_FOUND,
                "This container is not in the books of this site. Scan it again.",
                field=field.format(index=index),
            )
    return [found[container_id] for container_id in container_ids]


def change_state(db: Session, container: Container, *, to: str, at: datetime) -> None:
    """Move a locked container on: sealed, then in use, then retired."""
    column = "opened_at" if to == IN_USE else "retired_at"
    db.execute(
        update(Container)
        .where(Container.id == container.id, Container.state == container.state)
        .values({"state": to, column: at})
    )
    db.refresh(container)


def portion(container: Container, amount_ug: int) -> Portion:
    """Take an amount of a container into a posting."""
    return Portion(container.id, amount_ug, container.nominal_ug)
