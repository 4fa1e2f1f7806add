"""The catalogue is exact; vectors: regulation of strengths as base, labels, GS1."""

from typing import Any

import pytest

from inventory.catalog.commands import read_catalogue
from inventory.catalog.rules import Figures, read_entry, require_same
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import check_id

ENTRY: dict[str, Any] = {
    "ndc": "42023-114-10",
    "name": "Ketalar 50 mg/mL, 10 mL vial",
    "labeler": "Par",
    "substance": "ketamine",
    "dea_schedule": "C-III",
    "species": "human",
    "strength": "50 mg/mL",
    "fill": "10 mL",
    "source": "label",
    "packages": [
        {"package": "vial", "ndc": "42023-114-10", "indicator": 0, "containers": 1}
    ],
}
DEVICE = ENTRY | {"strength": "28 mg/device"}


def test_an_entry_is_read_in_micrograms_and_nanolitres() -> None:
    assert read_entry(ENTRY).figures == Figures(
        ndc="42023-114-10",
        substance="ketamine",
        dea_schedule="C-III",
        form="solution",
        ug_per_unit=50_000,
        fill_nl=10_000_000,
        nominal_ug=500_000,
    )


def test_a_device_holds_its_strength_and_has_no_fill() -> None:
    figures = read_entry(DEVICE).figures
    assert (figures.form, figures.fill_nl) == ("device", None)
    assert (figures.ug_per_unit, figures.nominal_ug) == (28_000, 28_000)


def test_the_id_of_a_product_follows_from_its_ndc() -> None:
    entry = read_entry(ENTRY)
    assert entry.id == "prd_00000000000000042023011410"
    assert check_id(entry.id, "prd", field="id") == entry.id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ndc": "4202311410"}, ErrorCode.AMBIGUOUS_CODE),
        ({"strength": "50 mg/ml"}, ErrorCode.INVALID_AMOUNT),
        ({"strength": "50/mL"}, ErrorCode.INVALID_AMOUNT),
        ({"strength": "50.0001 mg/mL"}, ErrorCode.INVALID_AMOUNT),
        ({"strength": "0 mg/mL"}, ErrorCode.AMOUNT_NOT_POSITIVE),
        ({"fill": "10"}, ErrorCode.INVALID_AMOUNT),
        ({"fill": "0.000001 mL"}, ErrorCode.INEXACT_AMOUNT),
    ],
)
def test_an_entry_that_is_not_exact_is_refused(
    change: dict[str, str], code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as caught:
        read_entry(ENTRY | change)
    assert caught.value.code is code


def test_figures_never_change() -> None:
    require_same((1, 2), (1, 2), ndc="42023-114-10")
    with pytest.raises(InventoryError, match="42023-114-10") as caught:
        require_same((1, 2), (1, 3), ndc="42023-114-10")
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_every_code_of_the_catalogue_stands_once() -> None:
    codes = [code.gtin14 for entry in read_catalogue() for code in entry.codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("gtin14", "ndc", "containers"),
    [
        ("00342023113108", "42023-113-10", 1),
        ("10342023113105", "42023-113-10", 10),
        ("00304092051156", "0409-2051-15", 1),
        ("00350458028003", "50458-028-00", 1),
    ],
)
def test_codes_of_the_catalogue_are_those_on_the_labels(
    gtin14: str, ndc: str, containers: int
) -> None:
    codes = {
        code.gtin14: (entry.figures.ndc, code.containers)
        for entry in read_catalogue()
        for code in entry.codes
    }
    assert codes[gtin14] == (ndc, containers)


@pytest.mark.parametrize(
    ("ndc", "nominal_ug"),
    [
        ("42023-113-10", 200_000),
        ("42023-114-10", 500_000),
        ("42023-115-10", 500_000),
        ("59399-114-10", 1_000_000),
        ("50458-028-00", 28_000),
    ],
)
def test_a_container_holds_what_its_label_says(ndc: str, nominal_ug: int) -> None:
    nominal = {
        entry.figures.ndc: entry.figures.nominal_ug for entry in read_catalogue()
    }
    assert nominal[ndc] == nominal_ug
