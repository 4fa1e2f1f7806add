"""Stock comes in once, numbered, with its papers: AC-07, AC-10, AC-16, AC-18, AC-24."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inventory.journal import book
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.balances import By, sums_ug
from inventory.models.containers import Container, Lot
from inventory.models.receiving import Receipt
from inventory.models.sites import Location
from inventory.receiving.queries import (
    list_receipts,
    read_receipt,
)
from inventory.receiving.rules import EnteredLine
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.deliveries import CARTON_SCAN, VIAL_SCAN, vials

VIAL_UG = 500_000


@pytest.fixture
def empty(clinic: Clinic) -> Steps:
    """A clinic with a catalogue and nothing on hand yet."""
    return Steps(clinic)


@pytest.fixture
def ready(empty: Steps) -> Steps:
    """A clinic that may receive: its initial inventory is zero."""
    empty.take_inventory()
    return empty


@pytest.mark.parametrize(
    "person", ["clinician", "colleague", "officer", "administrator", "stranger", "job"]
)
def test_only_a_pharmacist_of_the_site_takes_stock_in(
    empty: Steps, person: str
) -> None:
    actor = getattr(empty.clinic, person)
    with refused(ErrorCode.NOT_PERMITTED, None):
        empty.take_inventory(actor=actor)
    empty.take_inventory()
    with refused(ErrorCode.NOT_PERMITTED, None):
        empty.receive(vials(1), actor=actor)


def test_a_receipt_numbers_every_container(ready: Steps) -> None:
    clinic = ready.clinic
    first = ready.receive(vials(2), vials(1, lot="B7"))
    second = ready.receive(vials(2), invoice_number="INV-2")
    numbers = [
        [each.number for each in line.containers]
        for line in (*first.lines, *second.lines)
    ]
    assert numbers == [[1, 2], [3], [4, 5]]
    assert (first.containers, second.containers) == (3, 2)
    assert ready.in_stock_ug(clinic.vault) == 5 * VIAL_UG
    with clinic.database.reading() as db:
        rows = list(db.scalars(select(Container).order_by(Container.number)))
        lots = {lot.lot: lot for lot in db.scalars(select(Lot))}
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert {(row.state, row.location_id) for row in rows} == {("sealed", clinic.vault)}
    assert sorted(lots) == ["ABC123", "B7"]
    assert (lots["B7"].ug_per_unit, lots["B7"].nominal_ug) == (50_000, VIAL_UG)


def test_a_receipt_is_one_entry_that_tells_everything(ready: Steps) -> None:
    clinic = ready.clinic
    receipt = ready.receive(vials(2))
    told = ready.told(receipt.recorded.position)
    containers = [each.id for each in receipt.lines[0].containers]
    assert told["subject"] == receipt.receipt_id
    assert told["data"]["supplier"] == {
        "name": "Wholesale Pharma",
        "address": "9 Depot Road, Albany, NY 12201",
        "dea_number": "PA1234563",
    }
    assert told["data"]["ordered_on"] == "2026-10-29"
    assert told["data"]["shipped_on"] == "2026-10-30"
    assert told["data"]["location"] == {"id": clinic.vault, "name": "Vault"}
    (line,) = told["data"]["lines"]
    assert line == {
        "location_id": clinic.vault,
        "location": "Vault",
        "product_id": "prd_00000000000000042023011410",
        "product": "Ketalar 50 mg/mL, 10 mL vial",
        "ndc": "42023-114-10",
        "substance": "ketamine",
        "dea_schedule": "C-III",
        "form": "solution",
        "ug_per_unit": 50_000,
        "nominal_ug": VIAL_UG,
        "lot_id": receipt.lines[0].lot_id,
        "lot": "ABC123",
        "expires_on": "2028-12-31",
        "containers": [
            {"id": containers[0], "number": 1},
            {"id": containers[1], "number": 2},
        ],
        "amount_ug": 2 * VIAL_UG,
    }
    legs = {
        (leg["account"], leg["container"], leg["amount_ug"]) for leg in told["legs"]
    }
    assert legs == {
        (account, container, amount_ug)
        for container in containers
        for account, amount_ug in (
            (f"supplier:{receipt.receipt_id}", -VIAL_UG),
            (f"stock:{clinic.vault}", VIAL_UG),
        )
    }


@pytest.mark.parametrize(
    ("line", "containers", "amount"),
    [
        (EnteredLine(scan=VIAL_SCAN, containers=7), 7, "70 mL"),
        (EnteredLine(scan=CARTON_SCAN, packages=2), 20, "200 mL"),
        (
            vials(None, packages=2, containers_per_package=10),
            20,
            "200 mL",
        ),
        (
            EnteredLine(
                code="42023-114-10", scan=CARTON_SCAN, lot="ABC123", packages=1
            ),
            10,
            "100 mL",
        ),
        (
            vials(None, code="50458-028-03", packages=1),
            3,
            "3 devices",
        ),
        (
            vials(
                None,
                code="59399-114-10",
                packages=1,
                containers_per_package=25,
            ),
            25,
            "250 mL",
        ),
    ],
)
def test_packages_and_scans_become_containers(
    ready: Steps, line: EnteredLine, containers: int, amount: str
) -> None:
    receipt = ready.receive(line)
    assert receipt.containers == containers
    assert receipt.lines[0].amount == amount


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (vials(1, code="42023-999-10"), ErrorCode.PRODUCT_UNKNOWN, "lines.0.code"),
        (vials(1, code="4202311410"), ErrorCode.AMBIGUOUS_CODE, "lines.0.code"),
        (
            vials(None, packages=1),
            ErrorCode.PACK_FACTOR_NEEDED,
            "lines.0.containers_per_package",
        ),
        (
            EnteredLine(scan=CARTON_SCAN, containers=2),
            ErrorCode.PACK_FACTOR_NEEDED,
            "lines.0.packages",
        ),
        (
            EnteredLine(code="59399-114-10", scan=VIAL_SCAN, containers=1),
            ErrorCode.PRODUCT_DIFFERS,
            "lines.0.code",
        ),
        (
            vials(1, expires_on=date(2026, 11, 1)),
            ErrorCode.LOT_EXPIRED,
            "lines.0.expires_on",
        ),
    ],
)
def test_an_unclear_line_is_refused_as_a_whole(
    ready: Steps, line: EnteredLine, code: ErrorCode, field: str
) -> None:
    with refused(code, field):
        ready.receive(line)
    with ready.clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Container)) == 0
        assert book.read_head(db, ready.clinic.registration_id).size == 1


def test_one_bad_line_keeps_out_the_good_ones(ready: Steps) -> None:
    with refused(ErrorCode.PRODUCT_UNKNOWN, "lines.1.code"):
        ready.receive(vials(5), vials(1, code="42023-999-10"))
    assert ready.in_stock_ug(ready.clinic.vault) == 0


def test_a_lot_has_one_expiry(ready: Steps) -> None:
    ready.receive(vials(1))
    later = vials(1, expires_on=date(2029, 1, 31))
    with refused(ErrorCode.LOT_EXPIRY_DIFFERS, "lines.0.expires_on"):
        ready.receive(later, invoice_number="INV-2")


def test_a_receipt_has_lines_and_a_limit(ready: Steps) -> None:
    with refused(ErrorCode.INVALID_FIELD, "lines"):
        ready.receive()
    with refused(ErrorCode.INVALID_FIELD, "lines"):
        ready.receive(vials(2_000), vials(1))


@pytest.mark.parametrize("dea_number", ["PA1234563", "pa 1234563"])
def test_an_invoice_is_received_once(ready: Steps, dea_number: str) -> None:
    first = ready.receive(vials(1))
    with pytest.raises(InventoryError) as caught:
        ready.receive(vials(1), supplier_dea_number=dea_number)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS
    assert caught.value.data == {
        "receipt_id": first.receipt_id,
        "position": first.recorded.position,
    }


def test_two_suppliers_may_use_one_invoice_number(ready: Steps) -> None:
    ready.receive(vials(1))
    again = ready.receive(vials(1), supplier_dea_number="AP5836727")
    assert again.containers == 1


def test_one_invoice_entered_by_two_at_once_is_received_once(ready: Steps) -> None:
    def receive(_: int) -> ErrorCode | None:
        try:
            ready.receive(vials(3))
        except InventoryError as refusal:
            return refusal.code
        return None

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(receive, range(4)))
    assert outcomes.count(None) == 1
    assert outcomes.count(ErrorCode.ALREADY_EXISTS) == 3
    assert ready.in_stock_ug(ready.clinic.vault) == 3 * VIAL_UG


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"supplier_dea_number": "PA1234564"}, "invalid_code", "supplier_dea_number"),
        ({"shipped_on": date(2026, 11, 3)}, "invalid_field", "shipped_on"),
        ({"ordered_on": date(2026, 10, 31)}, "invalid_field", "ordered_on"),
        (
            {"received_at": datetime(2026, 11, 2, 14, 3, tzinfo=UTC)},
            "time_in_future",
            "received_at",
        ),
        (
            {"received_at": datetime(2026, 11, 1, 13, 59, tzinfo=UTC)},
            "time_too_old",
            "received_at",
        ),
        # The evening before, in New York: the opening inventory counted it.
        (
            {"received_at": datetime(2026, 11, 2, 4, 59, tzinfo=UTC)},
            "invalid_field",
            "received_at",
        ),
    ],
)
def test_papers_that_cannot_be_right_arerefused(
    ready: Steps, changes: dict[str, Any], code: str, field: str
) -> None:
    with refused(ErrorCode(code), field):
        ready.receive(vials(1), **changes)


def test_a_place_of_another_site_receives_nothing(ready: Steps) -> None:
    elsewhere = ready.clinic.vault_elsewhere
    with refused(ErrorCode.NOT_FOUND, "location_id"):
        ready.receive(vials(1), location_id=elsewhere)


def test_a_closed_or_unknown_place_receives_nothing(ready: Steps) -> None:
    clinic = ready.clinic
    with clinic.database.transaction() as db:
        db.get_one(Location, clinic.procedure_room).closed_at = clinic.clock.now()
        db.flush()
    for location_id in (clinic.procedure_room, "loc_unknown"):
        with refused(ErrorCode.NOT_FOUND, "location_id"):
            ready.receive(vials(1), location_id=location_id)


def test_stock_moves_on_the_day_received(ready: Steps) -> None:
    received_at = ready.clinic.clock.now() - timedelta(hours=3)
    receipt = ready.receive(vials(1), received_at=received_at)
    assert receipt.received_at == received_at
    told = ready.told(receipt.recorded.position)
    assert told["occurred_at"] == "2026-11-02T11:00:00.000000Z"
    assert told["recorded_at"] == "2026-11-02T14:00:00.000000Z"


def test_a_receipt_is_read_back_from_the_journal(ready: Steps) -> None:
    clinic = ready.clinic
    receipt = ready.receive(vials(2), vials(1, lot="B7"))
    with clinic.database.reading() as db:
        view = read_receipt(db, clinic.registration_id, receipt.receipt_id)
    assert tuple(view.lines) == receipt.lines
    assert view.received_by == clinic.pharmacist.name
    assert view.recorded_at == receipt.recorded.recorded_at
    assert view.supplier == receipt.supplier


@pytest.mark.parametrize("receipt_id", ["rcp_unknown", None])
def test_a_receipt_of_another_site_is_not_there(
    ready: Steps, receipt_id: str | None
) -> None:
    known = ready.receive(vials(1)).receipt_id
    clinic = ready.clinic
    with refused(ErrorCode.NOT_FOUND, "receipt_id"), clinic.database.reading() as db:
        read_receipt(db, clinic.elsewhere_id, receipt_id or known)


def test_receipts_are_listed_latest_first_page_by_page(ready: Steps) -> None:
    clinic = ready.clinic
    for number in (1, 2, 3):
        ready.receive(vials(1), invoice_number=f"INV-{number}")
    with clinic.database.reading() as db:
        page = list_receipts(db, clinic.registration_id, limit=2)
        last = page[-1].position
        rest = list_receipts(db, clinic.registration_id, limit=2, before=last)
        other = list_receipts(db, clinic.elsewhere_id, limit=2)
    assert [each.invoice_number for each in page + rest] == ["INV-3", "INV-2", "INV-1"]
    assert other == []


def test_what_came_in_equals_what_is_there(ready: Steps) -> None:
    clinic = ready.clinic
    receipt = ready.receive(vials(4), vials(2, code="50458-028-00"))
    with clinic.database.reading() as db:
        sums = sums_ug(db, clinic.registration_id, by=[By.KIND])
        stored = db.get_one(Receipt, receipt.receipt_id)
    total_ug = 4 * VIAL_UG + 2 * 28_000
    assert sums == {("stock",): total_ug, ("supplier",): -total_ug}
    assert (stored.containers, stored.position) == (6, receipt.recorded.position)


def test_the_number_of_statements_does_not_grow_with_the_containers(
    ready: Steps,
) -> None:
    ready.receive(vials(1), invoice_number="warm")
    counts = []
    for containers in (5, 200):
        with ready.statements() as statements:
            ready.receive(vials(containers), invoice_number=f"INV-{containers}")
        counts.append(len(statements))
    assert counts[0] == counts[1] < 25
