"""The demonstration: three months through the real handlers, with one quiet theft."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from inventory.db import Database
from inventory.demo.diary import demonstrate
from inventory.discrepancies.queries import list_discrepancies
from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.clock import FrozenClock
from inventory.ledger.balances import By, sums_ug
from tests import invariants


@pytest.mark.parametrize(
    "today",
    [datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2027, 3, 14, 6, tzinfo=UTC)],
    ids=["a Monday in winter", "the Sunday on which the clocks go forward"],
)
def test_three_months_end_with_one_vial_missing_and_everything_else_right(
    database: Database, today: datetime
) -> None:
    days: list[date] = []
    made = demonstrate(database, clock=FrozenClock(today), progress=days.append)
    here = made.clinic.registration_id
    with database.reading() as db:
        [case] = list_discrepancies(db, here)
        tags = Counter(event.tag for event in book.read(db, here))
        left = sums_ug(db, here, by=[By.KIND])
    assert len(days) == 65
    assert (case.variance.containers, case.variance.amount_ug) == (-1, -500_000)
    assert tags[Tag.SESSION_OPENED] == tags[Tag.SESSION_CLOSED] > 200
    assert tags[Tag.WASTE_REQUESTED] == tags[Tag.WASTE_RECORDED] > 100
    assert ("drawn",) not in left, "every session closed at zero"
    founded = len(made.clinic.people) + 1  # the nightly job
    assert tags[Tag.ROLE_GRANTED] == founded + 1, "the inspector comes again"
    assert tags[Tag.ROLE_ENDED] == 1, "the first visit was over"
    invariants.check(database, invariants.Memory())
