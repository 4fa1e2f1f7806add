"""Who may hold which roles, names and tokens: AC-20, I21."""

from itertools import product

import pytest

from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.people import rules

RECORDERS = (Role.PHARMACIST, Role.CLINICIAN, Role.WITNESS)
ADMINISTRATOR, OFFICER = Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER
APART = {
    frozenset({ADMINISTRATOR, OFFICER}),
    *(frozenset(pair) for pair in product(RECORDERS, (ADMINISTRATOR, OFFICER))),
}
PEOPLE = [role for role in Role if role != Role.SCHEDULED_JOB]


def _actor(person_id: str, role: Role) -> Actor:
    roles = {"here": frozenset({role})}
    return Actor(id=person_id, name="A", initials="A", roles=roles)


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
def test_those_who_record_keep_and_check_are_different_people(
    role: Role, held: Role
) -> None:
    if role == held or {role, held} in APART:
        with pytest.raises(InventoryError) as caught:
            rules.require_grantable(role, [held], is_job=False)
        assert caught.value.field == "role"
    else:
        rules.require_grantable(role, [held], is_job=False)


def test_a_refused_role_names_the_one_it_rivals() -> None:
    held = [Role.INSPECTOR, Role.PHARMACIST]
    with pytest.raises(InventoryError, match="pharmacist") as caught:
        rules.require_grantable(ADMINISTRATOR, held, is_job=False)
    assert caught.value.code is ErrorCode.INVALID_FIELD
    assert caught.value.data == {"held": ["pharmacist"]}


def test_a_role_is_granted_once() -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_grantable(OFFICER, [OFFICER], is_job=False)
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


@pytest.mark.parametrize("days", [1, 366])
def test_a_token_is_valid_for_up_to_a_year(days: int) -> None:
    rules.require_token_days(days)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_token_is_never_valid_for_longer(days: int) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_token_days(days)
    assert caught.value.field == "valid_days"


@pytest.mark.parametrize(
    ("actor", "owner_id", "is_job", "sites"),
    [
        (_actor("me", Role.CLINICIAN), "me", False, ["here"]),
        (_actor("me", Role.CLINICIAN), "me", False, []),
        (_actor("me", ADMINISTRATOR), "job", True, ["there", "here"]),
    ],
)
def test_a_token_is_issued_by_its_owner_or_for_a_job_by_an_administrator(
    *, actor: Actor, owner_id: str, is_job: bool, sites: list[str]
) -> None:
    rules.require_may_issue(actor, owner_id, is_job=is_job, sites=sites)


@pytest.mark.parametrize(
    ("actor", "is_job", "sites"),
    [
        (_actor("me", ADMINISTRATOR), False, ["here"]),
        (_actor("me", ADMINISTRATOR), True, ["there"]),
        (_actor("me", Role.PHARMACIST), True, ["here"]),
    ],
)
def test_nobody_issues_what_acts_as_someone_else(
    *, actor: Actor, is_job: bool, sites: list[str]
) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_may_issue(actor, "other", is_job=is_job, sites=sites)
    assert caught.value.code is ErrorCode.NOT_PERMITTED


@pytest.mark.parametrize(
    ("actor", "owner_id"),
    [(_actor("me", Role.WITNESS), "me"), (_actor("me", ADMINISTRATOR), "other")],
)
def test_a_token_is_revoked_by_its_owner_or_an_administrator(
    actor: Actor, owner_id: str
) -> None:
    rules.require_may_revoke(actor, owner_id, sites=["here"])


@pytest.mark.parametrize(
    ("role", "sites"), [(Role.PHARMACIST, ["here"]), (ADMINISTRATOR, ["there"])]
)
def test_a_token_of_others_does_not_exist(role: Role, sites: list[str]) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_may_revoke(_actor("me", role), "other", sites=sites)
    assert caught.value.code is ErrorCode.NOT_FOUND
