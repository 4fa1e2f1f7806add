"""The reconciliation report of real books: exact, the same for ever, one site's own."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode
from inventory.models.people import Person
from reports.gather_reconciliation import gather
from reports.reconciliation import Reconciliation, render
from tests.refusals import refused
from tests.reports import samples
from tests.reports.ward import Ward
from tests.signing import prover


def _print(ward: Ward, reconciliation_id: str) -> bytes:
    with ward.clinic.database.reading() as db:
        return render(_gathered(ward, db, reconciliation_id))


def _gathered(ward: Ward, db: Session, reconciliation_id: str) -> Reconciliation:
    here = ward.clinic.registration_id
    return gather(db, here, reconciliation_id, prover=prover(ward.clinic))


def test_the_figures_of_a_day_are_printed_exactly(ward: Ward) -> None:
    text = " ".join(samples.pages_of(_print(ward, ward.reconcile_short_of_a_vial())))
    for line in (
        "On the books at opening 0 0",
        "Received 5000 100 10",
        "Administered -35.65 -0.713",
        "Wasted before a witness -14.35 -0.287",
        "Expected on the books 4950 99 10",
        "Expected on the shelf 4950 99 10",
        "Counted on the shelf 4450 89 9",
        "Variance -500 -10 -1 SHORT",
        "ABC123 expires 2028-12-31 9 of 10 99 89 -10 -500 SHORT",
        "1 lot ABC123, Vault 1 of 1 9 9 0 0 agrees",
        "2026-11-02 09:00 Pat Pharmacist (PP) nobody",
    ):
        assert line in text


def test_one_vial_missing_is_said_first_in_every_measure(ward: Ward) -> None:
    first_page = samples.pages_of(_print(ward, ward.reconcile_short_of_a_vial()))[0]
    assert "SHORT: 1 container missing" in first_page
    assert "-1 container, -10 mL, -500 mg of Ketalar" in first_page
    assert "lot ABC123, Vault: discrepancy D-0001, open." in first_page


def test_a_report_made_again_later_is_the_same_byte_for_byte(ward: Ward) -> None:
    reconciliation_id = ward.reconcile_short_of_a_vial()
    printed = _print(ward, reconciliation_id)
    ward.clinic.clock.advance(timedelta(hours=5))
    received = ward.receive(3)
    ward.steps.open_container(received.lines[0].containers[0].id)
    ward.treat(received.lines[0].containers[0].id)
    ward.steps.reconcile()
    with ward.clinic.database.transaction() as db:
        db.execute(update(Person).values(name="Somebody Else"))
    assert _print(ward, reconciliation_id) == printed


def test_it_is_as_of_the_moment_it_was_made_in_a_day_that_still_runs(
    ward: Ward,
) -> None:
    made_at = ward.clinic.clock.now()
    reconciliation_id = ward.reconcile_short_of_a_vial()
    with ward.clinic.database.reading() as db:
        data = _gathered(ward, db, reconciliation_id)
    assert data.edition.as_of == data.edition.generated_at == made_at
    assert data.edition.generated_by == "Olga Officer"
    assert data.edition.root == data.figures.root.hex()


def test_a_draw_in_an_open_session_is_listed_with_who_holds_it(ward: Ward) -> None:
    first = ward.work().lines[0].containers[0].id
    session_id = ward.steps.open_session().session_id
    ward.steps.draw(session_id, (first, "0.2 mL"))
    reconciliation_id = ward.steps.reconcile().reconciliation_id
    text = " ".join(samples.pages_of(_print(ward, reconciliation_id)))
    assert "of which drawn in open sessions -10 -0.2" in text
    assert f"{session_id} 1 2026-11-02 09:00 Cleo Clinician 0.2 10" in text
    assert "Not counted: Vault" in text


def test_hostile_names_are_printed_as_data(ward: Ward) -> None:
    received = ward.receive(2, lot="<b>&12</b>")
    lot_id = received.lines[0].lot_id
    started = ward.steps.start_count()
    assert started.sheet.lots[0].id == lot_id
    reconciliation_id = ward.steps.reconcile().reconciliation_id
    text = " ".join(samples.pages_of(_print(ward, reconciliation_id)))
    assert "<b>&12</b> expires 2028-12-31" in text


@pytest.mark.parametrize("whose", ["registration_id", "elsewhere_id"])
def test_what_is_not_in_a_book_is_not_found(ward: Ward, whose: str) -> None:
    made = ward.reconcile_short_of_a_vial()
    asked = made if whose == "elsewhere_id" else "rec_00000000000000000000000000"
    registration_id: str = getattr(ward.clinic, whose)
    with ward.clinic.database.reading() as db, refused(ErrorCode.NOT_FOUND):
        gather(db, registration_id, asked, prover=prover(ward.clinic))


def _statements(ward: Ward, reconciliation_id: str) -> int:
    _print(ward, reconciliation_id)  # signs what nobody has signed yet
    with ward.statements() as sent:
        _print(ward, reconciliation_id)
    return len(sent)


def test_a_longer_history_takes_no_more_statements(ward: Ward) -> None:
    first = ward.work().lines[0].containers[0].id
    few = _statements(ward, ward.steps.reconcile().reconciliation_id)
    for _ in range(6):
        ward.treat(first)
    many = _statements(ward, ward.steps.reconcile().reconciliation_id)
    assert many == few
