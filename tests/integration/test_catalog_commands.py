"""The catalogue is loaded once, never altered, and found by every printed code."""

import pytest
from sqlalchemy import select, update

from inventory.catalog.commands import CatalogueLoaded, load_catalogue, read_catalogue
from inventory.catalog.queries import list_products, read_code
from inventory.db import Database
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.labels import LabelledPackage, resolve_code
from inventory.models.catalog import Product, ProductCode

VIAL, CARTON = LabelledPackage("vial", 1), LabelledPackage("carton", 10)


@pytest.fixture
def catalogue(database: Database) -> Database:
    """A database with the catalogue."""
    with database.transaction() as db:
        load_catalogue(db)
    return database


def test_the_catalogue_is_loaded_as_it_is_written(database: Database) -> None:
    entries = read_catalogue()
    with database.transaction() as db:
        loaded = load_catalogue(db)
    assert loaded == CatalogueLoaded(
        products_added=len(entries),
        codes_added=sum(len(entry.codes) for entry in entries),
    )
    with database.reading() as db:
        stored = {row.ndc: row for row in db.scalars(select(Product))}
    ketalar = stored["42023-114-10"]
    assert (ketalar.ug_per_unit, ketalar.fill_nl, ketalar.nominal_ug) == (
        50_000,
        10_000_000,
        500_000,
    )


def test_loading_it_again_changes_nothing(catalogue: Database) -> None:
    with catalogue.transaction() as db:
        assert load_catalogue(db) == CatalogueLoaded(products_added=0, codes_added=0)


def test_a_missing_product_is_added_beside_the_others(catalogue: Database) -> None:
    with catalogue.transaction() as db:
        for code in db.scalars(
            select(ProductCode).where(ProductCode.ndc == "59399-114-10")
        ):
            db.delete(code)
        db.flush()
        db.delete(db.scalars(select(Product).where(Product.species == "animal")).one())
    with catalogue.transaction() as db:
        assert load_catalogue(db) == CatalogueLoaded(products_added=1, codes_added=2)


@pytest.mark.parametrize(
    "change",
    [
        update(Product).where(Product.ndc == "42023-114-10").values(ug_per_unit=1),
        update(ProductCode)
        .where(ProductCode.gtin14 == "10342023114102")
        .values(containers=25),
    ],
)
def test_a_changed_figure_is_refused(catalogue: Database, change: object) -> None:
    with catalogue.transaction() as db:
        db.execute(change)  # type: ignore[call-overload]  # an update statement
    with pytest.raises(InventoryError) as caught, catalogue.transaction() as db:
        load_catalogue(db)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS
    assert caught.value.field == "42023-114-10"


def test_a_changed_word_stays_as_it_is(catalogue: Database) -> None:
    renaming = update(Product).where(Product.ndc == "42023-114-10").values(name="Old")
    with catalogue.transaction() as db:
        db.execute(renaming)
    with catalogue.transaction() as db:
        load_catalogue(db)
    with catalogue.reading() as db:
        assert "Old" in {product.name for product in list_products(db)}


@pytest.mark.parametrize(
    ("text", "ndc", "packages"),
    [
        # A pack that prints the NDC of its vials: the NDC alone does not tell.
        ("42023-114-10", "42023-114-10", (VIAL, CARTON)),
        ("42023-0114-10", "42023-114-10", (VIAL, CARTON)),
        ("42023011410", "42023-114-10", (VIAL, CARTON)),
        ("042023-0114-10", "42023-114-10", (VIAL, CARTON)),
        ("042023011410", "42023-114-10", (VIAL, CARTON)),
        # The indicator digit does.
        ("00342023114105", "42023-114-10", (VIAL,)),
        ("342023114105", "42023-114-10", (VIAL,)),
        ("10342023114102", "42023-114-10", (CARTON,)),
        # A package of that item which the catalogue does not know.
        ("50342023114100", "42023-114-10", ()),
        # Packages with an NDC of their own.
        ("0409-2051-15", "0409-2051-15", (VIAL,)),
        ("0409-2051-05", "0409-2051-15", (LabelledPackage("box", 10),)),
        ("00409-2051-05", "0409-2051-15", (LabelledPackage("box", 10),)),
        ("50458-028-03", "50458-028-00", (LabelledPackage("84 mg kit", 3),)),
        ("71872-7296-01", "71872-7296-1", (LabelledPackage("bag of one vial", 1),)),
        (
            "59399-114-10",
            "59399-114-10",
            (VIAL, LabelledPackage("carton", 25)),
        ),
    ],
)
def test_every_printed_form_of_a_code_finds_its_product(
    catalogue: Database, text: str, ndc: str, packages: tuple[LabelledPackage, ...]
) -> None:
    with catalogue.reading() as db:
        labelled = resolve_code(db, text, field="code")
        assert labelled.product.ndc == ndc
    assert labelled.packages == packages
    assert labelled.pack_factors == tuple(each.containers for each in packages)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("42023-999-10", ErrorCode.PRODUCT_UNKNOWN),
        ("00300000000001", ErrorCode.PRODUCT_UNKNOWN),
        ("342023114106", ErrorCode.PRODUCT_UNKNOWN),
        ("4202311410", ErrorCode.AMBIGUOUS_CODE),
        ("00342023114106", ErrorCode.INVALID_CODE),
        ("", ErrorCode.INVALID_CODE),
        ("\uff10\uff10342023114105", ErrorCode.INVALID_CODE),
        ("\uff1042023011410", ErrorCode.INVALID_CODE),
        ("ketamine", ErrorCode.INVALID_CODE),
    ],
)
def test_a_code_of_nothing_is_refused(
    catalogue: Database, text: str, code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as caught, catalogue.reading() as db:
        resolve_code(db, text, field="code")
    assert caught.value.code is code
    assert caught.value.field == "code"


def test_digits_that_fit_two_products_are_not_guessed(catalogue: Database) -> None:
    # 342023114105 is the UPC of one product; read as 12 digits of an NDC, another's.
    with catalogue.transaction() as db:
        other = db.scalars(select(Product).where(Product.species == "animal")).one()
        code = ProductCode(
            gtin14="00000000000000",
            product_id=other.id,
            ndc="342023-1141-05",
            package="vial",
            containers=1,
        )
        db.add(code)
    with pytest.raises(InventoryError) as caught, catalogue.reading() as db:
        resolve_code(db, "342023114105", field="code")
    assert caught.value.code is ErrorCode.AMBIGUOUS_CODE
    assert caught.value.data == {"ndcs": ["42023-114-10", "59399-114-10"]}


def test_a_product_is_shown_with_its_content_and_codes(catalogue: Database) -> None:
    with catalogue.reading() as db:
        view = read_code(db, "10342023114102")
        unclear = read_code(db, "42023-114-10")
    assert view.containers_per_package == 10
    assert unclear.containers_per_package is None
    assert unclear.possible_packages == [VIAL, CARTON]
    assert (view.product.nominal_mg, view.product.nominal) == ("500 mg", "10 mL")
    assert [package.gtin14 for package in view.product.packages] == [
        "00342023114105",
        "10342023114102",
    ]


def test_the_catalogue_is_listed_by_name(catalogue: Database) -> None:
    with catalogue.reading() as db:
        names = [product.name for product in list_products(db)]
    assert names == sorted(names)
    assert len(names) == len(read_catalogue())
