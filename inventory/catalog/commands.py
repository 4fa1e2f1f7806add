"""Load the catalogue that comes with the service."""

import tomllib
from dataclasses import asdict, dataclass
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalog import rules
from inventory.catalog.rules import CatalogueEntry, Figures, PackageCode
from inventory.models.catalog import Product, ProductCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLoaded:
    """How much was new."""

    products_added: int
    codes_added: int


def read_catalogue() -> list[CatalogueEntry]:
    """Read `products.toml`.

    Raises:
        InventoryError: an entry is not exact; see `rules.read_entry`.
    """
    text = files("inventory.catalog").joinpath("products.toml").read_text("utf-8")
    return [rules.read_entry(entry) for entry in tomllib.loads(text)["products"]]


def load_catalogue(db: Session) -> CatalogueLoaded:
    """Add what is new in the catalogue; loading it again changes nothing.

    Names and sources that differ stay as they are in the database; figures that differ
    are refused, because entries rest on them.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    products = {row.id: row for row in db.scalars(select(Product))}
    codes = {row.gtin14: row for row in db.scalars(select(ProductCode))}
    new_products, new_codes = [], []
    for entry in read_catalogue():
        if entry.id not in products:
            new_products.append(_product(entry))
        else:
            known = _figures(products[entry.id])
            rules.require_same(known, entry.figures, ndc=entry.figures.ndc)
        for code in entry.codes:
            if code.gtin14 not in codes:
                new_codes.append(ProductCode(**asdict(code), product_id=entry.id))
            else:
                held = _code(codes[code.gtin14])
                rules.require_same(held, (entry.id, code), ndc=entry.figures.ndc)
    db.add_all(new_products)
    db.flush()
    db.add_all(new_codes)
    db.flush()
    return CatalogueLoaded(products_added=len(new_products), codes_added=len(new_codes))


def _product(entry: CatalogueEntry) -> Product:
    return Product(
        id=entry.id,
        name=entry.name,
        labeler=entry.labeler,
        species=entry.species,
        source=entry.source,
        **asdict(entry.figures),
    )


def _figures(row: Product) -> Figures:
    return Figures(
        ndc=row.ndc,
        substance=row.substance,
        dea_schedule=row.dea_schedule,
        form=row.form,
        ug_per_unit=row.ug_per_unit,
        fill_nl=row.fill_nl,
        nominal_ug=row.nominal_ug,
    )


def _code(row: ProductCode) -> tuple[str, PackageCode]:
    code = PackageCode(
        gtin14=row.gtin14,
        ndc=row.ndc,
        package=row.package,
        containers=row.containers,
    )
    return row.product_id, code
