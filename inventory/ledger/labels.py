"""From a code printed on a package to its product, and how many containers it holds.

Below the features, because receiving reads labels and the catalogue shows them.
"""

from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from inventory.kernel.codes import (
    NDC10_LAYOUTS,
    Ndc,
    gtin_check_digit,
    parse_gtin14,
    parse_ndc,
)
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.catalog import Product, ProductCode

# 12 bare digits can be a UPC or an NDC of 2033; the other lengths are GTINs alone.
_GTIN_LENGTHS: Final = (8, 13, 14)
_UPC_LENGTH: Final = 12
_ITEM_DIGITS: Final = 12  # of a GTIN, between the indicator and the check digit


@dataclass(frozen=True, slots=True)
class LabelledPackage:
    """A kind of package, and how many containers it holds."""

    package: str
    containers: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a code stands for.

    Attributes:
        product: the one product that carries it.
        packages: the packages it can stand on: none when the product is known but this
            package of it is not, several when a pack prints the NDC of its vials.
    """

    product: Product
    packages: tuple[LabelledPackage, ...]

    @property
    def pack_factors(self) -> tuple[int, ...]:
        """How many containers the package can hold, as far as the catalogue knows."""
        return tuple(sorted({package.containers for package in self.packages}))


def resolve_code(db: Session, text: str, *, field: str) -> Labelled:
    """Find what an NDC (any layout) or a GTIN stands for.

    Raises:
        InventoryError: INVALID_CODE; AMBIGUOUS_CODE for 10 bare digits, or digits that
            fit two products; PRODUCT_UNKNOWN.
    """
    bare = len(text) if text.isdecimal() else 0
    readings: list[Labelled] = []
    if bare in _GTIN_LENGTHS or (bare == _UPC_LENGTH and _checks(text)):
        readings += _carrying_gtin(db, parse_gtin14(text, field=field))
    if bare not in _GTIN_LENGTHS:
        readings += _carrying_ndc(db, parse_ndc(text, field=field))
    if not readings:
        raise InventoryError(
            ErrorCode.PRODUCT_UNKNOWN,
            "No product of the catalogue carries this code. Compare it with the label, "
            "or find the product in the list.",
            field=field,
        )
    if len(readings) > 1:
        raise InventoryError(
            ErrorCode.AMBIGUOUS_CODE,
            "This code fits more than one product. Copy the NDC with its hyphens.",
            field=field,
            ndcs=sorted(reading.product.ndc for reading in readings),
        )
    return readings[0]


def _checks(text: str) -> bool:
    return text.isascii() and gtin_check_digit(text[:-1]) == int(text[-1])


def _carrying_gtin(db: Session, gtin14: str) -> list[Labelled]:
    """A GTIN that differs in its indicator alone is an unknown pack of that item."""
    same_item = func.substr(ProductCode.gtin14, 2, _ITEM_DIGITS) == gtin14[1:-1]
    return [
        Labelled(
            product, tuple(_package(code) for code in codes if code.gtin14 == gtin14)
        )
        for product, codes in _codes(db, same_item)
    ]


def _carrying_ndc(db: Session, ndc: Ndc) -> list[Labelled]:
    return [
        Labelled(product, tuple(_package(code) for code in codes))
        for product, codes in _codes(db, ProductCode.ndc.in_(_printed_forms(ndc)))
    ]


def _codes(
    db: Session, condition: ColumnElement[bool]
) -> list[tuple[Product, list[ProductCode]]]:
    rows = db.execute(
        select(Product, ProductCode)
        .join(Product, Product.id == ProductCode.product_id)
        .where(condition)
        .order_by(Product.id, ProductCode.containers, ProductCode.gtin14)
    )
    return [
        (product, [code for _, code in group])
        for product, group in groupby(rows, key=itemgetter(0))
    ]


def _package(code: ProductCode) -> LabelledPackage:
    return LabelledPackage(code.package, code.containers)


def _printed_forms(ndc: Ndc) -> list[str]:
    """The labels, of 10 digits, that a padded NDC can come from (AC-41)."""
    forms = [ndc.printed]
    for layout in NDC10_LAYOUTS:
        with suppress(InventoryError):
            forms.append(ndc.in_layout(layout, field="ndc").printed)
    return forms
