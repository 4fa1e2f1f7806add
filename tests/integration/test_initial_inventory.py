"""A book starts from its initial inventory, zero allowed: AC-07, AC-11."""

from datetime import date, timedelta
from typing import Any

import pytest

from inventory.kernel.errors import ErrorCode
from inventory.receiving.commands import OnHandLine
from inventory.receiving.queries import (
    read_initial_inventory,
)
from inventory.receiving.rules import Moment
from tests.clinic import MONDAY, Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.deliveries import EXPIRES_ON, vials

VIAL_UG = 500_000


@pytest.fixture
def empty(clinic: Clinic) -> Steps:
    """A clinic with a catalogue and nothing on hand yet."""
    return Steps(clinic)


def _on_hand(location_id: str, containers: int, **changes: Any) -> OnHandLine:
    fields: dict[str, Any] = {
        "code": "42023-114-10",
        "lot": "OLD1",
        "expires_on": EXPIRES_ON,
        "containers": containers,
        "location_id": location_id,
    }
    return OnHandLine(**(fields | changes))


def test_nothing_is_received_before_the_initial_inventory(
    empty: Steps,
) -> None:
    with refused(ErrorCode.INITIAL_INVENTORY_MISSING, None):
        empty.receive(vials(1))


def test_a_zero_inventory_is_an_entry_without_legs(empty: Steps) -> None:
    taken = empty.take_inventory()
    told = empty.told(taken.recorded.position)
    assert told["tag"] == "initial_inventory:taken"
    assert told["legs"] == []
    assert told["occurred_at"] == "2026-11-02T05:00:00.000000Z"
    assert told["data"] == {
        "taken_on": "2026-11-02",
        "moment": "opening",
        "containers": 0,
        "lines": [],
    }


def test_an_initial_inventory_covers_every_place_at_once(empty: Steps) -> None:
    clinic = empty.clinic
    taken = empty.take_inventory(
        _on_hand(clinic.vault, 3),
        _on_hand(clinic.procedure_room, 2, expires_on=EXPIRES_ON),
    )
    assert taken.containers == 5
    numbers = [[each.number for each in line.containers] for line in taken.lines]
    assert numbers == [[1, 2, 3], [4, 5]]
    assert empty.in_stock_ug(clinic.vault) == 3 * VIAL_UG
    assert empty.in_stock_ug(clinic.procedure_room) == 2 * VIAL_UG
    with clinic.database.reading() as db:
        view = read_initial_inventory(db, clinic.registration_id)
    assert tuple(view.lines) == taken.lines
    assert (view.recorded_by, view.moment) == (clinic.pharmacist.name, "opening")


def test_expired_stock_is_on_hand_too(empty: Steps) -> None:
    expired = _on_hand(empty.clinic.vault, 1, expires_on=date(2025, 1, 31))
    assert empty.take_inventory(expired).containers == 1


def test_there_is_one_initial_inventory(empty: Steps) -> None:
    empty.take_inventory()
    with refused(ErrorCode.INITIAL_INVENTORY_EXISTS, None):
        empty.take_inventory()


def test_an_inventory_not_yet_taken_cannot_be_read(empty: Steps) -> None:
    clinic = empty.clinic
    with (
        refused(ErrorCode.INITIAL_INVENTORY_MISSING, None),
        clinic.database.reading() as db,
    ):
        read_initial_inventory(db, clinic.registration_id)


def test_an_inventory_of_another_site_s_place_isrefused(empty: Steps) -> None:
    here, elsewhere = empty.clinic.vault, empty.clinic.vault_elsewhere
    with refused(ErrorCode.NOT_FOUND, "lines.1.location_id"):
        empty.take_inventory(_on_hand(here, 1), _on_hand(elsewhere, 1))
    assert empty.in_stock_ug(here) == 0


def test_a_closing_inventory_counted_the_whole_day(empty: Steps) -> None:
    empty.take_inventory(moment=Moment.CLOSE)
    with refused(ErrorCode.INVALID_FIELD, "received_at"):
        empty.receive(vials(1))
    empty.clinic.clock.advance(timedelta(days=1))
    assert empty.receive(vials(1)).containers == 1


def test_yesterdays_inventory_is_still_taken(empty: Steps) -> None:
    taken = empty.take_inventory(taken_on=MONDAY - timedelta(days=1))
    assert taken.taken_on == date(2026, 11, 1)
