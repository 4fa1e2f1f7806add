"""The catalogue, the initial inventory and receipts over HTTP: AC-07, AC-18, AC-40."""

from typing import Any

import pytest

from inventory.catalog.commands import load_catalogue
from tests.http.api_client import Answer, ApiClient

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

ZERO = {"taken_on": "2026-11-02", "moment": "opening", "lines": []}
SCAN = "01103420231141021728123110ABC123\x1d21XYZ"
CARTON = {"scan": SCAN, "packages": 2}


@pytest.fixture
def books(client: ApiClient) -> str:
    """The address of books that may receive."""
    with client.clinic.database.transaction() as db:
        load_catalogue(db)
    assert client.post(f"{client.books}/initial-inventory", ZERO).status_code == 201
    return client.books


def _receipt(client: ApiClient, **changes: Any) -> dict[str, Any]:
    return {
        "location_id": client.clinic.vault,
        "supplier_name": "Wholesale Pharma",
        "supplier_address": "9 Depot Road, Albany, NY 12201",
        "supplier_dea_number": "PA1234563",
        "invoice_number": "INV-1",
        "shipped_on": "2026-10-30",
        "received_at": "2026-11-02T08:30:00-05:00",
        "lines": [CARTON],
        **changes,
    }


def _receive(client: ApiClient, **changes: Any) -> Answer:
    return client.post(f"{client.books}/receipts", _receipt(client, **changes))


def test_scanned_cartons_become_numbered_vials(client: ApiClient, books: str) -> None:
    answer = _receive(client)
    assert answer.status_code == 201
    assert (answer.json["position"], answer.json["containers"]) == (2, 20)
    (line,) = answer.json["lines"]
    assert [each["number"] for each in line["containers"]] == list(range(1, 21))
    assert (line["lot"], line["expires_on"]) == ("ABC123", "2028-12-31")
    assert (line["amount_ug"], line["amount_mg"], line["amount"]) == (
        10_000_000,
        "10000 mg",
        "200 mL",
    )
    shown = client.get(f"{books}/receipts/{answer.json['receipt_id']}").json
    assert shown["lines"] == answer.json["lines"]
    assert shown["received_by"] == client.clinic.pharmacist.name
    assert shown["supplier"] == answer.json["supplier"]


def test_every_missing_paper_is_named(client: ApiClient, books: str) -> None:
    answer = client.post(f"{books}/receipts", {"lines": [CARTON]})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["fields"]} == {
        "location_id",
        "supplier_name",
        "supplier_address",
        "supplier_dea_number",
        "invoice_number",
        "received_at",
    }


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"scan": SCAN}, "lines.0.containers"),
        ({"packages": 1}, "lines.0.code"),
        ({"scan": SCAN, "packages": 0}, "lines.0.packages"),
        ({"scan": SCAN, "packages": "2"}, "lines.0.packages"),
        ({"scan": SCAN, "packages": True}, "lines.0.packages"),
        ({"scan": SCAN, "packages": 1, "lot": " ABC123"}, "lines.0.lot"),
        ({"scan": SCAN, "packages": 1, "quantity": 1}, "lines.0.quantity"),
        ({"scan": SCAN, "containers": 1}, "lines.0.packages"),
    ],
)
@pytest.mark.usefixtures("books")
def test_a_line_at_fault_is_named(
    client: ApiClient, line: dict[str, Any], field: str
) -> None:
    answer = _receive(client, lines=[line])
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["fields"]] == [field]
    assert client.events() == 1


@pytest.mark.usefixtures("books")
def test_the_same_invoice_is_a_conflict(client: ApiClient) -> None:
    first = _receive(client)
    again = _receive(client)
    assert (again.status_code, again.json["code"]) == (409, "already_exists")
    assert again.json["data"]["receipt_id"] == first.json["receipt_id"]


def test_nothing_is_received_before_the_initial_inventory(client: ApiClient) -> None:
    with client.clinic.database.transaction() as db:
        load_catalogue(db)
    answer = _receive(client)
    assert (answer.status_code, answer.json["code"]) == (
        409,
        "initial_inventory_missing",
    )


def test_the_initial_inventory_is_shown(client: ApiClient, books: str) -> None:
    shown = client.get(f"{books}/initial-inventory").json
    assert (shown["taken_on"], shown["moment"], shown["lines"]) == (
        "2026-11-02",
        "opening",
        [],
    )


def test_an_initial_inventory_with_stock_numbers_it(client: ApiClient) -> None:
    with client.clinic.database.transaction() as db:
        load_catalogue(db)
    line = {
        "location_id": client.clinic.procedure_room,
        "code": "50458-028-02",
        "lot": "S1",
        "expires_on": "2027-05-31",
        "packages": 2,
    }
    answer = client.post(f"{client.books}/initial-inventory", ZERO | {"lines": [line]})
    assert answer.status_code == 201
    (numbered,) = answer.json["lines"]
    assert (numbered["location"], numbered["amount"]) == ("Procedure room", "4 devices")


def test_receipts_are_listed_page_by_page(client: ApiClient, books: str) -> None:
    for number in ("1", "2", "3"):
        _receive(client, invoice_number=number)
    page = client.get(f"{books}/receipts?limit=2").json
    rest = client.get(f"{books}/receipts?limit=2&before={page[-1]['position']}").json
    assert [each["invoice_number"] for each in page + rest] == ["3", "2", "1"]


@pytest.mark.usefixtures("books")
def test_a_product_is_found_by_its_code(client: ApiClient) -> None:
    found = client.get("/api/v1/products/by-code/10342023114102").json
    assert found["containers_per_package"] == 10
    assert found["product"]["ndc"] == "42023-114-10"
    unclear = client.get("/api/v1/products/by-code/42023-114-10").json
    assert unclear["containers_per_package"] is None
    assert len(unclear["possible_packages"]) == 2
    unknown = client.get("/api/v1/products/by-code/42023-999-10")
    assert unknown.json["code"] == "product_unknown"


@pytest.mark.usefixtures("books")
def test_the_catalogue_is_listed(client: ApiClient) -> None:
    products = client.get("/api/v1/products", by=client.clinic.stranger).json
    assert "Spravato 28 mg nasal spray device" in {each["name"] for each in products}
