"""Read the catalogue: its products, and what a code on a label stands for."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.kernel.quantities import format_amount, format_mg
from inventory.ledger.containers import strength_of
from inventory.ledger.labels import LabelledPackage, resolve_code
from inventory.models.catalog import Product, ProductCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """A package of a product and the code on it."""

    gtin14: str
    ndc: str
    package: str
    containers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductView:
    """A product as its smallest container that is counted.

    `nominal_mg` and `nominal` are the label content of one container.
    """

    id: str
    ndc: str
    name: str
    labeler: str
    substance: str
    dea_schedule: str
    species: str
    form: str
    ug_per_unit: int
    nominal_ug: int
    nominal_mg: str
    nominal: str
    source: str
    packages: list[PackageView]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """What a code stands for.

    `containers_per_package` is None where the code alone does not say it.
    """

    product: ProductView
    possible_packages: list[LabelledPackage]
    containers_per_package: int | None


def list_products(db: Session) -> list[ProductView]:
    """Give every product of the catalogue, by name."""
    products = list(db.scalars(select(Product).order_by(Product.name, Product.id)))
    return _views(db, products)


def read_code(db: Session, text: str) -> CodeView:
    """Say what an NDC or GTIN stands for.

    Raises:
        InventoryError: INVALID_CODE, AMBIGUOUS_CODE, PRODUCT_UNKNOWN.
    """
    labelled = resolve_code(db, text, field="code")
    (product,) = _views(db, [labelled.product])
    factors = labelled.pack_factors
    return CodeView(
        product=product,
        possible_packages=list(labelled.packages),
        containers_per_package=factors[0] if len(factors) == 1 else None,
    )


def _views(db: Session, products: list[Product]) -> list[ProductView]:
    packages = _packages(db, [product.id for product in products])
    return [_view(product, packages[product.id]) for product in products]


def _packages(db: Session, product_ids: list[str]) -> dict[str, list[PackageView]]:
    rows = db.scalars(
        select(ProductCode)
        .where(ProductCode.product_id.in_(product_ids))
        .order_by(ProductCode.containers, ProductCode.gtin14)
    )
    packages: defaultdict[str, list[PackageView]] = defaultdict(list)
    for row in rows:
        packages[row.product_id].append(
            PackageView(
                gtin14=row.gtin14,
                ndc=row.ndc,
                package=row.package,
                containers=row.containers,
            )
        )
    return packages


def _view(product: Product, packages: list[PackageView]) -> ProductView:
    return ProductView(
        id=product.id,
        ndc=product.ndc,
        name=product.name,
        labeler=product.labeler,
        substance=product.substance,
        dea_schedule=product.dea_schedule,
        species=product.species,
        form=product.form,
        ug_per_unit=product.ug_per_unit,
        nominal_ug=product.nominal_ug,
        nominal_mg=format_mg(product.nominal_ug),
        nominal=format_amount(product.nominal_ug, strength_of(product)),
        source=product.source,
        packages=packages,
    )
