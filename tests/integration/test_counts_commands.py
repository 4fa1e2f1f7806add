"""Blind counts: what they are compared with, what they open, what they hide."""

import json
from dataclasses import replace

import pytest

from inventory.counts.commands import count_digest
from inventory.discrepancies.queries import get_discrepancy
from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.counts import Count
from tests import invariants
from tests.clinic import Clinic
from tests.refusals import refused
from tests.steps import Steps
from tests.steps.counts import lot, reading, scan
from tests.steps.deliveries import KETAMINE_100

VIAL_UG = 500_000


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    return Steps(clinic)


def test_a_count_names_what_to_count_and_nothing_else(ward: Steps) -> None:
    vials = ward.stock(vials=3)
    ward.open_container(vials[0])
    sheet = ward.start_count().sheet
    assert [(each.product_name, each.lot) for each in sheet.lots] == [
        ("Ketalar 50 mg/mL, 10 mL vial", "A1")
    ]
    assert [each.number for each in sheet.in_use] == [1]


def test_a_count_that_agrees_opens_no_case(ward: Steps) -> None:
    ward.stock(vials=3)
    started = ward.start_count()
    done = ward.commit_count(started, [lot(started.sheet.lots[0].id, 3)])
    [line] = done.lines
    assert (line.expected_containers, line.expected_ug) == (3, 3 * VIAL_UG)
    assert (line.variance_containers, line.variance_ug) == (0, 0)
    assert ward.cases() == []


def test_one_vial_missing_is_one_vial_500_mg_and_10_ml(ward: Steps) -> None:
    ward.stock(vials=10)
    started = ward.start_count()
    ward.commit_count(started, [lot(started.sheet.lots[0].id, 9)])
    [case] = ward.cases()
    assert case.label == "D-0001"
    assert case.variance.containers == -1
    assert case.variance.amount_mg == "-500 mg"
    assert case.variance.amount == "-10 mL"


def test_a_container_in_use_is_compared_with_what_is_left_in_it(ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    session = ward.open_session().session_id
    ward.draw(session, (vial, "0.713 mL"))
    done = ward.count(in_use=[reading(1, "9.2 mL")])
    [line] = done.lines
    assert (line.expected_ug, line.counted_ug) == (464_350, 460_000)
    assert (line.variance_containers, line.variance_ug) == (0, -4_350)
    [case] = ward.cases()
    assert case.container_number == 1


def test_a_container_in_use_that_is_not_there_is_missing_as_a_container(
    ward: Steps,
) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    [line] = ward.count(in_use=[reading(1, None)]).lines
    assert (line.variance_containers, line.variance_ug) == (-1, -VIAL_UG)


def test_an_empty_container_in_use_is_still_there(ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    [line] = ward.count(in_use=[reading(1, "0 mL")]).lines
    assert (line.variance_containers, line.variance_ug) == (0, -VIAL_UG)


@pytest.mark.parametrize("found", [1, 3], ids=["shortage", "overage"])
def test_a_known_variance_opens_no_second_case(ward: Steps, found: int) -> None:
    ward.stock(vials=2)
    started = ward.start_count()
    line = lot(started.sheet.lots[0].id, found)
    ward.commit_count(started, [line])
    ward.count([line])
    [case] = ward.cases()
    assert case.variance.containers == found - 2


def test_a_changed_variance_opens_a_case_for_the_difference(ward: Steps) -> None:
    ward.stock(vials=5)
    started = ward.start_count()
    lot_id = started.sheet.lots[0].id
    ward.commit_count(started, [lot(lot_id, 4)])
    ward.count([lot(lot_id, 2)])
    ward.count([lot(lot_id, 5)])
    assert [case.variance.containers for case in ward.cases()] == [-1, -2, 3]
    assert [case.number for case in ward.cases()] == [1, 2, 3]


def test_opposite_variances_of_two_lots_are_two_cases(ward: Steps) -> None:
    ward.stock(vials=2, lot="A1")
    ward.stock(vials=2, lot="B2")
    started = ward.start_count()
    first, second = (each.id for each in started.sheet.lots)
    ward.commit_count(started, [lot(first, 1), lot(second, 3)])
    assert [case.variance.containers for case in ward.cases()] == [-1, 1]


def test_a_scan_says_which_container_is_missing(ward: Steps) -> None:
    ward.stock(vials=4)
    started = ward.start_count()
    done = ward.commit_count(started, [scan(started.sheet.lots[0].id, 1, 3, 4)])
    [line] = done.lines
    assert line.missing_numbers == (2,)
    assert line.variance_containers == -1


def test_a_vial_from_elsewhere_never_hides_one_that_is_missing(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=2)
    ward.stock(vials=1, location_id=clinic.procedure_room)
    started = ward.start_count()
    done = ward.commit_count(started, [scan(started.sheet.lots[0].id, 1, 3)])
    assert [line.variance_containers for line in done.lines] == [-1, 1]
    cases = ward.cases()
    assert [case.variance.containers for case in cases] == [-1, 1]
    assert [case.container_number for case in cases] == [None, 3]


def test_a_lot_of_this_site_may_be_found_where_the_books_have_none(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=2)
    lot_id = _lot_in(ward, clinic.vault)
    ward.count([lot(lot_id, 1)], location_id=clinic.procedure_room)
    [case] = ward.cases()
    assert (case.place, case.variance.containers) == ("Procedure room", 1)


def _lot_in(ward: Steps, location_id: str) -> str:
    started = ward.start_count(location_id)
    [found] = started.sheet.lots
    ward.commit_count(started, [lot(found.id, 2)])
    return found.id


def test_the_count_is_compared_with_the_books_at_its_commit(ward: Steps) -> None:
    vials = ward.stock(vials=3)
    started = ward.start_count()
    ward.open_container(vials[2])
    done = ward.commit_count(
        started, [lot(started.sheet.lots[0].id, 2)], [reading(3, "10 mL")]
    )
    assert [line.variance_ug for line in done.lines] == [0, 0]


@pytest.mark.parametrize("volume", ["11.5 mL", "10.3 mL"])
def test_an_overfilled_vial_is_data(ward: Steps, volume: str) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    [line] = ward.count(in_use=[reading(1, volume)]).lines
    assert line.variance_ug > 0


def test_more_than_a_vial_can_hold_is_refused(ward: Steps) -> None:
    (vial,) = ward.stock()
    ward.open_container(vial)
    started = ward.start_count()
    with refused(ErrorCode.CAPACITY_EXCEEDED, "in_use.0.volume"):
        ward.commit_count(started, in_use=[reading(1, "11.51 mL")])


def test_everything_the_books_have_there_needs_a_line(ward: Steps) -> None:
    vials = ward.stock(vials=2)
    ward.stock(KETAMINE_100, lot="K7")
    ward.open_container(vials[0])
    started = ward.start_count()
    with pytest.raises(InventoryError, match="write 0") as caught:
        ward.commit_count(started, [lot(started.sheet.lots[0].id, 1)])
    assert caught.value.code is ErrorCode.COUNT_INCOMPLETE
    assert caught.value.data["missing"] == [
        "Ketalar 50 mg/mL, 10 mL vial, lot A1",
        "container 1 in use (Ketalar 50 mg/mL, 10 mL vial, lot A1)",
    ]


def test_an_empty_place_is_counted_as_empty(ward: Steps, clinic: Clinic) -> None:
    assert ward.count(location_id=clinic.procedure_room).lines == ()


def test_a_place_has_one_open_count(ward: Steps, clinic: Clinic) -> None:
    ward.start_count()
    with refused(ErrorCode.ALREADY_EXISTS, "location_id"):
        ward.start_count(actor=clinic.clinician)
    ward.start_count(clinic.procedure_room)


def test_a_committed_count_is_final(ward: Steps) -> None:
    started = ward.start_count()
    ward.commit_count(started)
    with refused(ErrorCode.COUNT_NOT_OPEN):
        ward.commit_count(started)


def test_only_who_started_a_count_commits_it(ward: Steps, clinic: Clinic) -> None:
    started = ward.start_count()
    with refused(ErrorCode.NOT_PERMITTED):
        ward.commit_count(started, actor=clinic.clinician)


def test_a_count_of_another_book_is_not_there(ward: Steps, clinic: Clinic) -> None:
    with refused(ErrorCode.NOT_FOUND, "location_id"):
        ward.start_count(clinic.vault_elsewhere)
    with refused(ErrorCode.NOT_PERMITTED):
        ward.start_count(actor=clinic.stranger)


def test_a_count_and_a_case_of_another_book_are_not_there(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=2)
    started = ward.start_count()
    unknown = replace(started, count_id="cnt_none")
    with refused(ErrorCode.NOT_FOUND):
        ward.commit_count(unknown)
    ward.commit_count(started, [lot(started.sheet.lots[0].id, 1)])
    [case] = ward.cases()
    with clinic.database.reading() as db:
        here = get_discrepancy(db, clinic.registration_id, case.discrepancy_id)
        assert here == case
        with refused(ErrorCode.NOT_FOUND):
            get_discrepancy(db, clinic.elsewhere_id, case.discrepancy_id)


def test_a_colleague_may_sign_exactly_these_figures(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=2)
    started = ward.start_count()
    figures = [lot(started.sheet.lots[0].id, 2)]
    digest = count_digest(ward.write_count(started, figures))
    proof = clinic.proof(clinic.colleague, digest)
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        ward.commit_count(started, [lot(figures[0].lot_id, 1)], witness=proof)
    ward.commit_count(started, figures, witness=proof)
    with clinic.database.reading() as db:
        stored = db.get_one(Count, started.count_id)
    assert stored.witnessed_by == clinic.colleague.id


@pytest.mark.parametrize("who", ["pharmacist", "officer"])
def test_a_witness_is_another_person_with_the_right(
    ward: Steps, clinic: Clinic, who: str
) -> None:
    person: Actor = getattr(clinic, who)
    started = ward.start_count()
    proof = clinic.proof(person, count_digest(ward.write_count(started)))
    code = {
        "pharmacist": ErrorCode.WITNESS_IS_ACTOR,
        "officer": ErrorCode.WITNESS_NOT_ENTITLED,
    }[who]
    with refused(code, "witness"):
        ward.commit_count(started, witness=proof)


def test_the_journal_tells_counted_figures_and_none_that_were_expected(
    ward: Steps, clinic: Clinic
) -> None:
    ward.stock(vials=7)
    started = ward.start_count()
    done = ward.commit_count(started, [lot(started.sheet.lots[0].id, 5)])
    with clinic.database.reading() as db:
        events = list(book.read(db, clinic.registration_id))
    first, committed, opened = events[-3:]
    assert [first.tag, committed.tag, opened.tag] == [
        Tag.COUNT_STARTED,
        Tag.COUNT_COMMITTED,
        Tag.DISCREPANCY_OPENED,
    ]
    assert committed.position == done.recorded.position
    data = json.loads(committed.body)["data"]
    assert data["sealed"][0]["containers"] == 5
    assert data["sealed"][0]["amount_ug"] == 5 * VIAL_UG
    assert "7" not in json.dumps({**data, "started_at": "", "location": ""})
    case = json.loads(opened.body)["data"]
    assert (case["number"], case["variance_containers"]) == (1, -2)


def test_variances_and_cases_keep_every_invariant(ward: Steps, clinic: Clinic) -> None:
    memory = invariants.Memory()
    vials = ward.stock(vials=4)
    ward.open_container(vials[0])
    started = ward.start_count()
    lot_id = started.sheet.lots[0].id
    ward.commit_count(started, [scan(lot_id, 2, 4)], [reading(1, "9 mL")])
    invariants.check(clinic.database, memory)
    ward.count([lot(lot_id, 3)], [reading(1, "10.5 mL")])
    invariants.check(clinic.database, memory)
    ward.count([lot(lot_id, 3)], [reading(1, None)])
    invariants.check(clinic.database, memory)
