"""Supervised sessions from opening to zero, on both engines."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger import accounts
from inventory.models.catalog import Product
from inventory.models.people import Person
from tests import invariants
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.deliveries import ESKETAMINE, KETAMINE_100


@pytest.fixture
def ward(clinic: Clinic) -> Iterator[Steps]:
    """A clinic whose books keep every invariant, whatever the test does."""
    yield Steps(clinic)
    invariants.check(clinic.database, invariants.Memory())


def test_a_session_runs_from_opening_to_zero(ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    session_id = ward.open_session().session_id
    drawn = ward.draw(session_id, (vial, "0.713 mL"))
    assert (drawn.amount_ug, drawn.remaining_ug) == (35_650, 35_650)
    given = ward.give(session_id, "35.65 mg")
    assert (given.dose, given.remaining_ug) == ("0.5 mg/kg", 0)
    closed = ward.close(session_id)
    assert closed.recorded.position == ward.size()
    assert ward.balance_ug(accounts.stock(ward.clinic.vault)) == 464_350


def test_every_step_takes_the_next_position(ward: Steps) -> None:
    (vial,) = ward.stock()
    opened = ward.open_container(vial).recorded
    session = ward.open_session()
    drawn = ward.draw(session.session_id, (vial, "1 mL")).recorded
    given = ward.give(session.session_id, "1 mL").recorded
    closed = ward.close(session.session_id).recorded
    steps = [opened, session.recorded, drawn, given, closed]
    assert [step.position for step in steps] == [3, 4, 5, 6, 7]


def test_the_journal_alone_tells_a_draw(ward: Steps) -> None:
    (vial,) = ward.stock(lot="K7")
    ward.open_container(vial)
    session_id = ward.open_session().session_id
    body = ward.told(ward.draw(session_id, (vial, "1 mL")).recorded.position)
    assert body["subject"] == session_id
    assert body["data"] == {
        "patient_ref": "PT-20931-A",
        "product": {
            "name": "Ketalar 50 mg/mL, 10 mL vial",
            "ndc": "42023-114-10",
            "form": "solution",
            "ug_per_unit": 50_000,
        },
        "amount_ug": 50_000,
        "lines": [
            {
                "container": vial,
                "number": 1,
                "lot": "K7",
                "expires_on": "2028-12-31",
                "location": ward.clinic.vault,
                "amount_ug": 50_000,
                "state": "in_use",
            }
        ],
    }


def test_the_journal_names_who_gave_and_under_whom(ward: Steps) -> None:
    session = ward.open_session(actor=ward.clinic.pharmacist)
    opened = ward.told(session.recorded.position)
    assert opened["data"]["clinician"]["name"] == "Cleo Clinician"
    (vial,) = ward.stock()
    ward.open_container(vial)
    ward.draw(session.session_id, (vial, "1 mL"))
    given = ward.give(session.session_id, "1 mL", actor=ward.clinic.pharmacist)
    body = ward.told(given.recorded.position)
    assert body["actor"]["name"] == "Pat Pharmacist"


def test_several_vials_are_drawn_in_one_event(ward: Steps) -> None:
    one, two = ward.stock(vials=2)
    (room,) = ward.stock(lot="B2", location_id=ward.clinic.procedure_room)
    for vial in (one, two, room):
        ward.open_container(vial)
    session_id = ward.open_session().session_id
    before = ward.size()
    drawn = ward.draw(session_id, (two, "10 mL"), (one, "0.5 mL"), (room, "1 mL"))
    assert drawn.amount_ug == 575_000
    assert ward.size() == before + 1
    assert ward.balance_ug(accounts.stock(ward.clinic.vault)) == 475_000
    assert ward.balance_ug(accounts.stock(ward.clinic.procedure_room)) == 450_000


def test_one_bad_line_takes_the_whole_draw_back(ward: Steps) -> None:
    one, two = ward.stock(vials=2)
    ward.open_container(one)
    session_id = ward.open_session().session_id
    before = ward.size()
    with refused(ErrorCode.CONTAINER_SEALED, "lines.1.container_id"):
        ward.draw(session_id, (one, "1 mL"), (two, "1 mL"))
    assert ward.size() == before
    assert ward.balance_ug(accounts.drawn(session_id)) == 0


def test_what_was_drawn_first_is_given_first(ward: Steps) -> None:
    one, two = ward.stock(vials=2)
    ward.open_container(one)
    ward.open_container(two)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (two, "1 mL"))
    ward.draw(session_id, (one, "1 mL"))
    body = ward.told(ward.give(session_id, "75 mg").recorded.position)
    portions = body["data"]["portions"]
    assert [(each["container"], each["amount_ug"]) for each in portions] == [
        (two, 50_000),
        (one, 25_000),
    ]


def test_a_device_is_given_whole(ward: Steps) -> None:
    one, two = ward.stock(ESKETAMINE, vials=2)
    session_id = ward.open_session().session_id
    with refused(ErrorCode.INEXACT_AMOUNT, "lines.0.amount"):
        ward.draw(session_id, (one, "14 mg"))
    drawn = ward.draw(session_id, (one, "1 device"), (two, "28 mg"))
    assert drawn.amount_ug == 56_000
    with refused(ErrorCode.INEXACT_AMOUNT, "amount"):
        ward.give(session_id, "14 mg")
    assert ward.give(session_id, "2 devices").remaining_ug == 0


def test_a_device_is_retired_by_its_draw_and_never_opened(ward: Steps) -> None:
    (device,) = ward.stock(ESKETAMINE)
    with refused(ErrorCode.INVALID_FIELD, "container_id"):
        ward.open_container(device)
    first, second = (ward.open_session().session_id for _ in range(2))
    ward.draw(first, (device, "1 device"))
    assert ward.state_of(device) == "retired"
    with refused(ErrorCode.CONTAINER_RETIRED, "lines.0.container_id"):
        ward.draw(second, (device, "1 device"))


def test_a_session_uses_one_product(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    (other,) = ward.stock(KETAMINE_100)
    ward.open_container(other)
    with refused(ErrorCode.PRODUCT_DIFFERS, "lines.0.container_id"):
        ward.draw(session_id, (other, "1 mL"))


def test_a_vial_is_usable_through_its_last_day_at_the_site(ward: Steps) -> None:
    # 03:30 UTC on the 3rd is still the 2nd in New York.
    clock = ward.clinic.clock
    (vial,) = ward.stock(lot="OLD", expires_on=date(2026, 11, 2))
    ward.open_container(vial)
    clock.advance(timedelta(hours=13, minutes=30))
    session_id = ward.open_session().session_id
    ward.draw(session_id, (vial, "1 mL"))
    clock.advance(timedelta(hours=2))
    with refused(ErrorCode.LOT_EXPIRED, "lines.0.container_id"):
        ward.draw(session_id, (vial, "1 mL"))


def test_an_expired_vial_is_not_opened(ward: Steps) -> None:
    (vial,) = ward.stock(lot="OLD", expires_on=date(2026, 11, 2))
    ward.clinic.clock.advance(timedelta(days=1))
    with refused(ErrorCode.LOT_EXPIRED, "container_id"):
        ward.open_container(vial)
    assert ward.state_of(vial) == "sealed"


def test_a_session_does_not_close_over_an_open_draw(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "0.7 mL")
    with pytest.raises(InventoryError, match="15 mg") as no:
        ward.close(session_id)
    assert no.value.code is ErrorCode.SESSION_NOT_AT_ZERO
    assert no.value.data == {"remaining_ug": 15_000}
    ward.give(session_id, "15 mg")
    ward.close(session_id)


def test_a_session_in_which_nothing_was_drawn_may_close(ward: Steps) -> None:
    ward.close(ward.open_session().session_id)


def test_nothing_happens_in_a_closed_session(ward: Steps) -> None:
    session_id = ward.open_session().session_id
    ward.close(session_id)
    (vial,) = ward.stock()
    ward.open_container(vial)
    with refused(ErrorCode.SESSION_CLOSED, "session_id"):
        ward.draw(session_id, (vial, "1 mL"))
    with refused(ErrorCode.SESSION_CLOSED, "session_id"):
        ward.give(session_id, "1 mL")
    with refused(ErrorCode.SESSION_CLOSED, "session_id"):
        ward.close(session_id)


def test_no_more_is_given_than_is_drawn(ward: Steps) -> None:
    session_id = ward.open_session().session_id
    with refused(ErrorCode.INSUFFICIENT_BALANCE, "amount"):
        ward.give(session_id, "1 mL")
    session_id = ward.drawn_session("1 mL")
    with pytest.raises(InventoryError) as no:
        ward.give(session_id, "50.001 mg")
    assert no.value.code is ErrorCode.INSUFFICIENT_BALANCE
    assert no.value.data == {"asked_ug": 50_001, "available_ug": 50_000}


def test_a_vial_is_retired_only_when_it_is_empty(ward: Steps) -> None:
    (vial,) = ward.stock()
    with refused(ErrorCode.CONTAINER_SEALED, "container_id"):
        ward.retire(vial)
    ward.open_container(vial)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (vial, "9.9 mL"))
    with pytest.raises(InventoryError, match=r"0\.1 mL in container 1") as no:
        ward.retire(vial)
    assert no.value.code is ErrorCode.CONTAINER_NOT_EMPTY
    ward.draw(session_id, (vial, "0.1 mL"))
    ward.retire(vial)
    assert ward.state_of(vial) == "retired"
    with refused(ErrorCode.CONTAINER_RETIRED, "container_id"):
        ward.open_container(vial)
    with refused(ErrorCode.CONTAINER_RETIRED, "lines.0.container_id"):
        ward.draw(session_id, (vial, "0.1 mL"))


def test_a_vial_is_opened_once(ward: Steps) -> None:
    (vial,) = ward.stock()
    opened = ward.open_container(vial)
    assert (opened.number, opened.lot) == (1, "A1")
    assert opened.opened_at == ward.clinic.clock.now()
    with refused(ErrorCode.CONTAINER_NOT_SEALED, "container_id"):
        ward.open_container(vial)


def test_the_strength_is_the_one_of_the_receipt(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    with ward.clinic.database.transaction() as db:
        db.execute(update(Product).values(ug_per_unit=100_000))
    assert ward.give(session_id, "1 mL").amount_ug == 50_000


def test_a_claimed_time_stays_within_the_session(ward: Steps) -> None:
    clock = ward.clinic.clock
    (vial,) = ward.stock()
    opened_at = clock.now()
    ward.open_container(vial, occurred_at=opened_at)
    session_id = ward.open_session().session_id
    clock.advance(timedelta(hours=1))
    drawn_at = clock.now() - timedelta(minutes=30)
    ward.draw(session_id, (vial, "1 mL"), occurred_at=drawn_at)
    early = opened_at - timedelta(seconds=1)
    with refused(ErrorCode.TIME_TOO_OLD, "occurred_at"):
        ward.draw(session_id, (vial, "1 mL"), occurred_at=early)
    with refused(ErrorCode.TIME_TOO_OLD, "occurred_at"):
        ward.give(session_id, "1 mL", occurred_at=drawn_at - timedelta(seconds=1))
    with refused(ErrorCode.TIME_IN_FUTURE, "occurred_at"):
        ward.give(session_id, "1 mL", occurred_at=clock.now() + timedelta(minutes=3))
    given = ward.give(session_id, "1 mL", occurred_at=drawn_at)
    told = ward.told(given.recorded.position)
    assert told["occurred_at"] == "2026-11-02T14:30:00.000000Z"
    with refused(ErrorCode.TIME_TOO_OLD, "occurred_at"):
        ward.close(session_id, occurred_at=early)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("patient_ref", "Joanna Doe", ErrorCode.INVALID_FIELD),
        ("weight_kg", "0", ErrorCode.AMOUNT_NOT_POSITIVE),
        ("weight_kg", "seventy", ErrorCode.INVALID_AMOUNT),
        ("clinician_id", "per_nobody", ErrorCode.INVALID_FIELD),
    ],
)
def test_a_session_is_not_opened_on_bad_input(
    ward: Steps, field: str, value: str, code: ErrorCode
) -> None:
    with refused(code, field):
        ward.open_session(None, **{field: value})
    assert ward.size() == 0


def test_a_pharmacist_does_not_supervise(ward: Steps) -> None:
    with refused(ErrorCode.INVALID_FIELD, "clinician_id"):
        ward.open_session(clinician_id=ward.clinic.pharmacist.id)


def test_a_disabled_clinician_does_not_supervise(ward: Steps) -> None:
    clinician = ward.clinic.clinician.id
    with ward.clinic.database.transaction() as db:
        db.get_one(Person, clinician).disabled_at = ward.clinic.clock.now()
    with refused(ErrorCode.INVALID_FIELD, "clinician_id"):
        ward.open_session(actor=ward.clinic.pharmacist)


def _steps(ward: Steps) -> dict[str, Callable[[Actor], object]]:
    sealed, empty = ward.stock(vials=2)
    (vial,) = ward.stock(lot="B2")
    ward.open_container(vial)
    ward.open_container(empty)
    session_id = ward.open_session().session_id
    ward.draw(session_id, (vial, "1 mL"), (empty, "10 mL"))
    return {
        "open a session": ward.open_session,
        "open a vial": lambda actor: ward.open_container(sealed, actor=actor),
        "draw": lambda actor: ward.draw(session_id, (vial, "1 mL"), actor=actor),
        "give": lambda actor: ward.give(session_id, "1 mL", actor=actor),
        "retire": lambda actor: ward.retire(empty, actor=actor),
        "close": lambda actor: ward.close(session_id, actor=actor),
    }


def test_only_those_who_run_sessions_may_take_a_step(ward: Steps) -> None:
    clinic, steps = ward.clinic, _steps(ward)
    before = ward.size()
    outsiders = [
        clinic.stranger,
        clinic.colleague,
        clinic.officer,
        clinic.administrator,
        clinic.job,
    ]
    for step in steps.values():
        for outsider in outsiders:
            with refused(ErrorCode.NOT_PERMITTED):
                step(outsider)
    assert ward.size() == before


def test_rows_of_another_registration_are_not_found(ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    session_id = ward.open_session().session_id
    other = ward.elsewhere()
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        other.draw(session_id, (vial, "1 mL"))
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        other.give(session_id, "1 mL")
    with refused(ErrorCode.NOT_FOUND, "session_id"):
        other.close(session_id)
    with refused(ErrorCode.NOT_FOUND, "container_id"):
        other.open_container(vial)
    with refused(ErrorCode.NOT_FOUND, "container_id"):
        other.retire(vial)


def test_a_vial_of_another_registration_is_not_drawn_from(ward: Steps) -> None:
    (vial,) = ward.elsewhere().stock()
    session_id = ward.open_session().session_id
    with refused(ErrorCode.NOT_FOUND, "lines.0.container_id"):
        ward.draw(session_id, (vial, "1 mL"))
