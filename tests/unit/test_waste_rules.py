"""Who may sign a waste, until when, and over what, as tables."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory.kernel.actors import Actor, Proof, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.waste import rules
from inventory.waste.rules import Asked, State

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HERE, ELSEWHERE = "reg_here", "reg_elsewhere"
DIGEST = "ab" * 32
ASKED = Asked(
    registration_id=HERE,
    amount_ug=14_350,
    state=State.PENDING,
    requested_at=NOON,
    digest=DIGEST,
)


def _person(name: str, role: Role, registration_id: str = HERE) -> Actor:
    roles = {registration_id: frozenset({role})}
    return Actor(id=f"per_{name}", name=name, initials=name[:2], roles=roles)


CLEO = _person("Cleo", Role.CLINICIAN)
WIM = _person("Wim", Role.WITNESS)
SIGNED = Proof(person=WIM, digest=DIGEST, factors=("password",), proven_at=NOON)


@pytest.mark.parametrize("minutes", [0, 5, 10])
def test_a_colleague_who_saw_the_entry_may_sign_within_ten_minutes(
    minutes: int,
) -> None:
    now = NOON + timedelta(minutes=minutes)
    rules.check_signature(ASKED, CLEO, replace(SIGNED, proven_at=now), now=now)


@pytest.mark.parametrize(
    ("asked", "proof", "code"),
    [
        (ASKED, replace(SIGNED, person=CLEO), "witness_is_actor"),
        (
            ASKED,
            replace(SIGNED, person=_person("Olga", Role.COMPLIANCE_OFFICER)),
            "witness_not_entitled",
        ),
        (
            ASKED,
            replace(SIGNED, person=_person("Sid", Role.WITNESS, ELSEWHERE)),
            "witness_not_entitled",
        ),
        (ASKED, replace(SIGNED, digest="cd" * 32), "witness_saw_another_entry"),
        (
            ASKED,
            replace(SIGNED, proven_at=NOON - timedelta(microseconds=1)),
            "witness_not_proven",
        ),
        (replace(ASKED, state=State.WITNESSED), SIGNED, "waste_not_pending"),
        (replace(ASKED, state=State.CANCELLED), SIGNED, "waste_not_pending"),
    ],
)
def test_nobody_else_may_sign(asked: Asked, proof: Proof, code: str) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.check_signature(asked, CLEO, proof, now=NOON)
    assert refused.value.code.value == code


def test_a_witness_is_too_late_after_ten_minutes() -> None:
    late = NOON + rules.VALID_FOR + timedelta(microseconds=1)
    with pytest.raises(InventoryError) as refused:
        rules.check_signature(ASKED, CLEO, replace(SIGNED, proven_at=late), now=late)
    assert refused.value.code is ErrorCode.WITNESS_TOO_LATE


def test_a_request_that_ended_is_said_to_have_ended_however_old_it_is() -> None:
    ended, later = replace(ASKED, state=State.CANCELLED), NOON + timedelta(days=1)
    with pytest.raises(InventoryError, match="cancelled") as refused:
        rules.check_signature(ended, CLEO, SIGNED, now=later)
    assert refused.value.code is ErrorCode.WASTE_NOT_PENDING


def test_whoever_asked_must_still_be_entitled() -> None:
    assert rules.require_requester(CLEO, HERE) is CLEO


@pytest.mark.parametrize(
    "requester", [None, WIM, _person("Cleo", Role.CLINICIAN, ELSEWHERE)]
)
def test_a_request_of_somebody_without_the_right_is_not_witnessed(
    requester: Actor | None,
) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.require_requester(requester, HERE)
    assert refused.value.code is ErrorCode.NOT_PERMITTED


def test_the_second_witness_is_a_third_person() -> None:
    signed_once = replace(ASKED, first_witness_id=WIM.id)
    with pytest.raises(InventoryError, match="signed this waste already") as refused:
        rules.check_signature(signed_once, CLEO, SIGNED, now=NOON)
    assert refused.value.code is ErrorCode.WITNESS_IS_ACTOR
    another = replace(SIGNED, person=_person("Wanda", Role.WITNESS))
    rules.check_signature(signed_once, CLEO, another, now=NOON)


@pytest.mark.parametrize(
    ("witnessed", "of", "always"),
    [(6, 10, True), (5, 10, False), (9, 9, False), (10, 10, True), (60, 120, False)],
)
def test_a_pair_is_more_than_half_of_at_least_ten(
    witnessed: int, of: int, *, always: bool
) -> None:
    assert rules.is_always_the_same(witnessed, of) is always


def test_no_more_is_wasted_than_is_there() -> None:
    rules.require_enough(ASKED, 14_350)
    with pytest.raises(InventoryError, match=r"14\.349 mg") as refused:
        rules.require_enough(ASKED, 14_349)
    assert refused.value.code is ErrorCode.WITNESS_SAW_ANOTHER_ENTRY
    assert refused.value.data == {"asked_ug": 14_350, "available_ug": 14_349}


def test_the_entry_must_still_say_what_the_witness_was_shown() -> None:
    rules.require_same_entry(ASKED, DIGEST)
    with pytest.raises(InventoryError) as refused:
        rules.require_same_entry(ASKED, "cd" * 32)
    assert refused.value.code is ErrorCode.WITNESS_SAW_ANOTHER_ENTRY


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: rules.require_session_open(closed=True), ErrorCode.SESSION_CLOSED),
        (lambda: rules.require_something_drawn(0), ErrorCode.INSUFFICIENT_BALANCE),
        (
            lambda: rules.require_after_draw(NOON - timedelta(seconds=1), NOON),
            ErrorCode.TIME_TOO_OLD,
        ),
    ],
)
def test_there_is_no_waste_without_a_draw_before_it(
    call: Callable[[], None], code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as refused:
        call()
    assert refused.value.code is code


@pytest.mark.parametrize("claimed", [None, NOON, NOON + timedelta(hours=1)])
def test_there_may_be_waste_from_the_first_draw_on(claimed: datetime | None) -> None:
    rules.require_session_open(closed=False)
    rules.require_something_drawn(1)
    rules.require_after_draw(claimed, NOON)
