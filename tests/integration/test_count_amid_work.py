"""A count amid other work is compared with the books at its own position."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from tests import invariants
from tests.clinic import Clinic
from tests.steps import Steps
from tests.steps.counts import lot, reading

ROUNDS = 12
EXPECTED_AT_ITS_POSITION = text(
    "SELECT c.position, l.expected_ug, SUM(e.amount_ug) AS booked_ug "
    "FROM count_lines l JOIN counts c ON c.id = l.count_id "
    "JOIN entries e ON e.container_id = l.container_id AND e.position < c.position "
    "WHERE e.kind = 'stock' GROUP BY c.id, c.position, l.line, l.expected_ug"
)


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    return Steps(clinic)


def test_every_count_amid_draws_sees_exactly_what_was_posted_before_it(
    ward: Steps, clinic: Clinic
) -> None:
    vials = ward.stock(vials=3)
    ward.open_container(vials[0])
    session = ward.open_session().session_id
    started = ward.start_count()
    [sealed] = started.sheet.lots
    ward.commit_count(started, [lot(sealed.id, 2)], [reading(1, "10 mL")])
    together = Barrier(4)

    def draw() -> None:
        together.wait()
        for _ in range(ROUNDS):
            ward.draw(session, (vials[0], "0.1 mL"))

    def visit() -> None:
        together.wait()
        for _ in range(ROUNDS):
            ward.open_session()

    def receive() -> None:
        together.wait()
        for number in range(ROUNDS):
            ward.stock(lot=f"R{number}", location_id=clinic.procedure_room)

    def count() -> None:
        together.wait()
        for _ in range(ROUNDS):
            ward.count([lot(sealed.id, 2)], [reading(1, "5 mL")])

    with ThreadPoolExecutor(4) as pool:
        for work in [pool.submit(each) for each in (draw, visit, receive, count)]:
            work.result()
    with clinic.database.reading() as db:
        rows = db.execute(EXPECTED_AT_ITS_POSITION).all()
    assert len(rows) == ROUNDS + 1
    assert all(row.expected_ug == row.booked_ug for row in rows)
    invariants.check(clinic.database, invariants.Memory())
