"""When emergency access is over, overdue, and whose review closes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory.emergency import rules
from inventory.emergency.rules import Access, State
from inventory.kernel.actors import Actor, Meaning, Proof
from inventory.kernel.errors import ErrorCode
from tests.refusals import refused

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TEN = NINE + timedelta(minutes=60)
MOMENT = timedelta(microseconds=1)
ACCESS = Access(
    id="emg_1",
    registration_id="reg_1",
    person_id="per_wim",
    started_at=NINE,
    ends_at=TEN,
    ended_at=None,
    reviewed_at=None,
)
OLGA = Actor(id="per_olga", name="Olga", initials="OO")
WIM = Actor(id="per_wim", name="Wim", initials="WW")


def _signature(person: Actor = OLGA, digest: str = "ab") -> Proof:
    return Proof(
        person=person,
        digest=digest,
        factors=("password",),
        proven_at=TEN,
        meaning=Meaning.REVIEW,
    )


@pytest.mark.parametrize(
    ("access", "now", "state"),
    [
        (ACCESS, NINE, State.RUNNING),
        (ACCESS, TEN - MOMENT, State.RUNNING),
        (ACCESS, TEN, State.AWAITING_REVIEW),
        (replace(ACCESS, ended_at=NINE + MOMENT), NINE, State.RUNNING),
        (replace(ACCESS, ended_at=NINE), NINE, State.AWAITING_REVIEW),
        (replace(ACCESS, reviewed_at=TEN), TEN, State.REVIEWED),
        # A clock that was set back gives no right back.
        (replace(ACCESS, reviewed_at=TEN), NINE, State.REVIEWED),
    ],
)
def test_it_runs_until_its_end_and_waits_until_its_review(
    access: Access, now: datetime, state: State
) -> None:
    assert access.state(now) is state


@pytest.mark.parametrize(
    ("access", "waited", "overdue"),
    [
        (ACCESS, timedelta(hours=24) - MOMENT, False),
        (ACCESS, timedelta(hours=24), True),
        (replace(ACCESS, reviewed_at=TEN), timedelta(hours=48), False),
    ],
)
def test_a_review_is_overdue_after_a_day(
    access: Access, waited: timedelta, *, overdue: bool
) -> None:
    assert access.is_overdue(NINE + waited) is overdue


def test_another_person_may_review_what_is_over() -> None:
    rules.check_review(ACCESS, OLGA.id, _signature(), now=TEN)


@pytest.mark.parametrize(
    ("access", "reviewer", "signer", "now", "code", "field"),
    [
        (ACCESS, WIM, WIM, TEN, ErrorCode.WITNESS_IS_ACTOR, "access_id"),
        (ACCESS, OLGA, WIM, TEN, ErrorCode.WITNESS_IS_ACTOR, "access_id"),
        (ACCESS, WIM, OLGA, TEN, ErrorCode.WITNESS_IS_ACTOR, "access_id"),
        (
            ACCESS,
            replace(OLGA, id="per_mona"),
            OLGA,
            TEN,
            ErrorCode.SIGNATURE_NOT_PROVEN,
            "sign_in_name",
        ),
        (ACCESS, OLGA, OLGA, NINE, ErrorCode.EMERGENCY_RUNNING, "access_id"),
        (
            replace(ACCESS, reviewed_at=TEN),
            OLGA,
            OLGA,
            TEN,
            ErrorCode.ALREADY_EXISTS,
            "access_id",
        ),
    ],
)
def test_nobody_else_reviews_it_and_nobody_too_early_or_twice(
    access: Access,
    reviewer: Actor,
    signer: Actor,
    now: datetime,
    code: ErrorCode,
    field: str,
) -> None:
    with refused(code, field):
        rules.check_review(access, reviewer.id, _signature(signer), now=now)


def test_a_signature_over_another_list_reviews_nothing() -> None:
    rules.require_same_entries(_signature(digest="ab"), "ab")
    with refused(ErrorCode.WITNESS_SAW_ANOTHER_ENTRY, "digest"):
        rules.require_same_entries(_signature(digest="ab"), "cd")


def test_one_that_runs_is_not_started_again() -> None:
    rules.require_none_running(None)
    with refused(ErrorCode.EMERGENCY_RUNNING):
        rules.require_none_running(ACCESS)


def test_what_is_over_cannot_be_ended() -> None:
    rules.require_running(ACCESS, NINE)
    with refused(ErrorCode.EMERGENCY_NOT_RUNNING, "access_id"):
        rules.require_running(ACCESS, TEN)
