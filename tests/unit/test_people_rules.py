"""Who may hold which names and roles, and who may decide on it: AC-20, I21."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest

from inventory.kernel.actors import Actor, Meaning, Permission, Proof, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.people import rules

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 14, tzinfo=UTC)
PEOPLE = [role for role in Role if role != Role.SCHEDULED_JOB]
RECORDERS = {Role.PHARMACIST, Role.CLINICIAN, Role.WITNESS}
GO_TOGETHER = [
    *combinations(RECORDERS, 2),
    *((Role.MANAGER, role) for role in (*RECORDERS, Role.COMPLIANCE_OFFICER)),
]
STOCK_ROLES = {*RECORDERS, Role.COMPLIANCE_OFFICER}


def _actor(person_id: str, role: Role) -> Actor:
    roles = {"here": frozenset({role})}
    return Actor(id=person_id, name="A", initials="A", roles=roles)


def _asked(**changed: Any) -> rules.Asked:
    asked = rules.Asked(
        registration_id="here",
        person_id="per_concerned",
        requested_by="per_asks",
        requested_at=NOW,
        state=rules.RequestState.PENDING,
        digest="d" * 64,
    )
    return replace(asked, **changed)


def _approval(**changed: Any) -> Proof:
    proof = Proof(
        person=_actor("per_approves", Role.MANAGER),
        digest="d" * 64,
        factors=("password",),
        proven_at=NOW,
        meaning=Meaning.APPROVAL,
    )
    return replace(proof, **changed)


@pytest.mark.parametrize("text", ["pp", "p.miller", "p@clinic.example", "9-lives_+"])
def test_a_plain_sign_in_name_is_taken(text: str) -> None:
    rules.require_sign_in_name(text)


@pytest.mark.parametrize(
    "text", ["", "p", "Pat", "p miller", ".pat", "pät", "pat\n", "p" * 65]
)
def test_any_other_sign_in_name_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="small letters") as caught:
        rules.require_sign_in_name(text)
    assert caught.value.field == "sign_in_name"


@pytest.mark.parametrize("text", ["PM", "PM2", "ABCDEF"])
def test_initials_are_capitals_and_digits(text: str) -> None:
    rules.require_initials(text)


@pytest.mark.parametrize("text", ["", "P", "pm", "2P", "P M", "PÄ", "ABCDEFG", "PM\n"])
def test_any_other_initials_are_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="capitals") as caught:
        rules.require_initials(text)
    assert caught.value.field == "initials"


@pytest.mark.parametrize(("role", "held"), list(product(PEOPLE, PEOPLE)))
def test_those_who_record_keep_check_and_inspect_are_different_people(
    role: Role, held: Role
) -> None:
    if {role, held} in [set(pair) for pair in GO_TOGETHER]:
        rules.require_grantable(role, [held], is_job=False)
    else:
        with pytest.raises(InventoryError) as caught:
            rules.require_grantable(role, [held], is_job=False)
        assert caught.value.field == "role"


def test_a_refused_role_names_the_one_it_rivals() -> None:
    held = [Role.MANAGER, Role.PHARMACIST]
    with pytest.raises(InventoryError, match="manager") as caught:
        rules.require_grantable(Role.ADMINISTRATOR, held, is_job=False)
    assert caught.value.code is ErrorCode.INVALID_FIELD
    assert caught.value.data == {"held": ["manager", "pharmacist"]}


def test_a_role_is_granted_once() -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_grantable(Role.MANAGER, [Role.MANAGER], is_job=False)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_a_job_holds_its_own_role() -> None:
    rules.require_grantable(Role.SCHEDULED_JOB, [], is_job=True)


@pytest.mark.parametrize(
    ("role", "is_job"),
    [(Role.SCHEDULED_JOB, False), *((role, True) for role in PEOPLE)],
)
def test_jobs_and_people_do_not_share_roles(*, role: Role, is_job: bool) -> None:
    with pytest.raises(InventoryError, match="scheduled job") as caught:
        rules.require_grantable(role, [], is_job=is_job)
    assert caught.value.code is ErrorCode.INVALID_FIELD


@pytest.mark.parametrize("role", Role)
def test_who_touches_stock_was_screened(role: Role) -> None:
    rules.require_screened(role, TODAY)
    if role in STOCK_ROLES:
        with pytest.raises(InventoryError, match="screening") as caught:
            rules.require_screened(role, None)
        assert caught.value.field == "role"
    else:
        rules.require_screened(role, None)


@pytest.mark.parametrize("days", [0, 1, 89])
def test_an_inspector_is_let_in_for_up_to_ninety_days(days: int) -> None:
    ends_on = TODAY + timedelta(days=days)
    rules.require_visit(Role.INSPECTOR, ends_on, today=TODAY)


@pytest.mark.parametrize("days", [-1, 90, 3650])
def test_a_visit_is_neither_over_nor_longer(days: int) -> None:
    ends_on = TODAY + timedelta(days=days)
    with pytest.raises(InventoryError) as caught:
        rules.require_visit(Role.INSPECTOR, ends_on, today=TODAY)
    assert caught.value.field == "ends_on"


@pytest.mark.parametrize(
    ("role", "ends_on"), [(Role.INSPECTOR, None), (Role.PHARMACIST, TODAY)]
)
def test_an_inspector_has_a_last_day_and_no_one_else(
    role: Role, ends_on: date | None
) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_visit(role, ends_on, today=TODAY)
    assert caught.value.field == "ends_on"


def test_a_screening_is_not_in_the_future() -> None:
    rules.require_screening_day(TODAY, today=TODAY)
    with pytest.raises(InventoryError) as caught:
        rules.require_screening_day(TODAY + timedelta(days=1), today=TODAY)
    assert caught.value.field == "screened_on"


def test_a_site_is_never_left_without_somebody() -> None:
    rules.require_somebody_left(Permission.MANAGE_PEOPLE, 1)
    with pytest.raises(InventoryError, match="manage_people"):
        rules.require_somebody_left(Permission.MANAGE_PEOPLE, 0)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COMPLIANCE_OFFICER])
def test_a_manager_or_an_officer_approves(role: Role) -> None:
    approval = _approval(person=_actor("per_approves", role))
    rules.check_approval(_asked(), approval, now=NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("asked", "approval", "code"),
    [
        *(
            ({}, {"person": _actor("per_approves", role)}, ErrorCode.NOT_PERMITTED)
            for role in PEOPLE
            if role not in (Role.MANAGER, Role.COMPLIANCE_OFFICER)
        ),
        (
            {},
            {"person": _actor("per_asks", Role.MANAGER)},
            ErrorCode.WITNESS_IS_ACTOR,
        ),
        (
            {},
            {"person": _actor("per_concerned", Role.MANAGER)},
            ErrorCode.WITNESS_IS_ACTOR,
        ),
        ({"registration_id": "there"}, {}, ErrorCode.NOT_PERMITTED),
        ({}, {"digest": "e" * 64}, ErrorCode.WITNESS_SAW_ANOTHER_ENTRY),
        *(
            ({"state": state}, {}, ErrorCode.ALREADY_EXISTS)
            for state in rules.RequestState
            if state is not rules.RequestState.PENDING
        ),
        (
            {"requested_at": NOW - timedelta(days=7, microseconds=1)},
            {},
            ErrorCode.WITNESS_TOO_LATE,
        ),
    ],
)
def test_anything_else_approves_nothing(
    asked: dict[str, Any], approval: dict[str, Any], code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.check_approval(_asked(**asked), _approval(**approval), now=NOW)
    assert caught.value.code is code


def test_nobody_changes_their_own_access() -> None:
    rules.require_another("per_1", "per_2", "disables")
    with pytest.raises(InventoryError, match="disables themselves"):
        rules.require_another("per_1", "per_1", "disables")
