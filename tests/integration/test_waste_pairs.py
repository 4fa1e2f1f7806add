"""Who always signs for whom is told to who asks, and refused to nobody."""

from datetime import timedelta

import pytest

from inventory.waste.pairs import LOOKED_AT, PairHint
from tests.clinic import Clinic
from tests.steps import Steps


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which remainders are wasted."""
    return Steps(clinic)


def _waste(ward: Steps, session_id: str, *, times: int, by: str = "colleague") -> None:
    for _ in range(times):
        asked = ward.ask(session_id, "0.01 mL")
        person = getattr(ward.clinic, by)
        ward.witness(asked, proof=ward.clinic.proof(person, asked.digest))


def test_below_ten_wastes_there_is_nothing_to_tell(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    _waste(ward, session_id, times=9)
    assert ward.ask(session_id, "0.01 mL").pair is None


def test_more_than_half_by_one_person_is_told_and_no_refusal(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    _waste(ward, session_id, times=5)
    _waste(ward, session_id, times=5, by="pharmacist")
    assert ward.ask(session_id, "0.01 mL").pair is None
    _waste(ward, session_id, times=1)
    asked = ward.ask(session_id, "0.01 mL")
    assert asked.pair == PairHint(name="Wim Witness", witnessed=6, of=11)
    assert asked.pair.sentence == (
        "Wim Witness has witnessed 6 of your last 11 wastes. Ask somebody else if you "
        "can."
    )
    assert ward.witness(asked).awaiting == 0


def test_what_others_asked_for_does_not_count(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    _waste(ward, session_id, times=10)
    assert ward.ask(session_id, "0.01 mL", actor=ward.clinic.pharmacist).pair is None


def test_ninety_days_later_it_is_forgotten(ward: Steps) -> None:
    session_id = ward.drawn_session("1 mL")
    _waste(ward, session_id, times=10)
    ward.clinic.clock.advance(LOOKED_AT - timedelta(seconds=1))
    assert ward.ask(session_id, "0.01 mL").pair is not None
    ward.clinic.clock.advance(timedelta(seconds=1))
    assert ward.ask(session_id, "0.01 mL").pair is None


def test_either_of_two_witnesses_counts(ward: Steps) -> None:
    ward.rule("second_witness_percent", "100")
    session_id = ward.drawn_session("1 mL")
    for _ in range(10):
        asked = ward.ask(session_id, "0.01 mL")
        ward.witness(asked)
        second = ward.clinic.proof(ward.clinic.pharmacist, asked.digest)
        ward.witness(asked, proof=second)
    pair = ward.ask(session_id, "0.01 mL").pair
    assert pair is not None
    assert (pair.witnessed, pair.of) == (10, 10)
