"""Eight people race for the last vial, round after round: nobody overdraws it.

Each round opens a new vial in the same book and lets everybody draw from it at once,
each for their own session. It holds enough for some of them; exactly those succeed.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from inventory.kernel.errors import InventoryError
from inventory.ledger import accounts
from tests import invariants
from tests.clinic import Clinic
from tests.steps import Steps

PEOPLE = 8
ROUNDS = 150
# What each person asks of a 10 mL vial, and how many of them it is enough for.
ASKED = (("10 mL", 1), ("4 mL", 2), ("3.3 mL", 3), ("2 mL", 5), ("1.25 mL", 8))


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


def test_a_vial_is_never_overdrawn_by_people_who_race_for_it(ward: Steps) -> None:
    vials = ward.stock(vials=ROUNDS)
    sessions = [ward.open_session().session_id for _ in range(PEOPLE)]
    gate = threading.Barrier(PEOPLE)

    def take(session_id: str, vial: str, amount: str) -> str:
        gate.wait()
        try:
            ward.draw(session_id, (vial, amount))
        except InventoryError as no:
            return no.code.value
        return "drawn"

    with ThreadPoolExecutor(PEOPLE) as people:
        for number, vial in enumerate(vials):
            amount, winners = ASKED[number % len(ASKED)]
            ward.open_container(vial)
            outcomes = Counter(
                people.map(take, sessions, [vial] * PEOPLE, [amount] * PEOPLE)
            )
            expected = {"drawn": winners, "insufficient_balance": PEOPLE - winners}
            assert outcomes == Counter(expected), f"round {number}"
    _everything_drawn_is_accounted_for(ward, sessions)
    invariants.check(ward.clinic.database, invariants.Memory())


def _everything_drawn_is_accounted_for(ward: Steps, sessions: list[str]) -> None:
    drawn_ug = sum(ward.balance_ug(accounts.drawn(each)) for each in sessions)
    left_ug = ward.balance_ug(accounts.stock(ward.clinic.vault))
    assert drawn_ug + left_ug == ROUNDS * 500_000
