"""The oracle of the trials can lose: each way in which books can be wrong is seen."""

from dataclasses import replace
from typing import Any

import pytest

from inventory.journal import book
from tests.clinic import Clinic
from tests.faults.oracle import Found, compare
from tests.faults.program import Acknowledged
from tests.steps import Steps

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic with one session that was drawn for."""
    ward = Steps(clinic)
    ward.drawn_session()
    return ward


def _acks(ward: Steps) -> list[Acknowledged]:
    book_id = ward.clinic.registration_id
    with ward.clinic.database.reading() as db:
        return [
            Acknowledged(book_id, event.position, event.id, event.root.hex())
            for event in book.read(db, book_id)
        ]


def _compared(ward: Steps, acks: list[Acknowledged]) -> Found:
    return compare(ward.clinic.database, acks, before=0)


def test_books_that_are_as_acknowledged_are_found_to_be(ward: Steps) -> None:
    assert _compared(ward, _acks(ward)) == Found(0, 0, 0, "")


@pytest.mark.parametrize(
    "change", [{"position": 999}, {"event_id": "evt_other"}, {"root": "00" * 32}]
)
def test_an_entry_that_is_not_as_acknowledged_is_lost(ward: Steps, change: Any) -> None:
    *others, last = _acks(ward)
    found = _compared(ward, [*others, replace(last, **change)])
    assert (found.lost, found.unasked) == (1, 1)


def test_an_entry_that_nobody_was_told_about_is_seen(ward: Steps) -> None:
    assert _compared(ward, _acks(ward)[:-1]).unasked == 1


def test_a_second_draw_of_a_visit_is_a_duplicate(clinic: Clinic) -> None:
    ward = Steps(clinic)
    (vial,) = ward.stock()
    ward.open_container(vial)
    session_id = ward.open_session().session_id
    for _ in range(3):
        ward.draw(session_id, (vial, "1 mL"))
    assert _compared(ward, _acks(ward)).duplicated == 2


def test_a_second_session_of_a_patient_is_a_duplicate(ward: Steps) -> None:
    ward.open_session()
    assert _compared(ward, _acks(ward)).duplicated == 1
