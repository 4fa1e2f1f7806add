"""Who may do what, and the two-person rule."""

from datetime import UTC, datetime

import pytest

from inventory.kernel.actors import (
    ROLE_PERMISSIONS,
    Actor,
    Permission,
    Proof,
    Role,
    require_permission,
    require_two_people,
)
from inventory.kernel.errors import ErrorCode, InventoryError

HERE, ELSEWHERE = "reg_here", "reg_elsewhere"
MOVES_STOCK = {
    Permission.RECEIVE,
    Permission.TAKE_INITIAL_INVENTORY,
    Permission.RUN_SESSION,
    Permission.RECORD_WASTE,
    Permission.WITNESS,
    Permission.COUNT,
}


def _person(person_id: str, role: Role, where: str = HERE) -> Actor:
    return Actor(
        id=person_id, name="Name", initials="N", roles={where: frozenset({role})}
    )


def _proof(person: Actor, digest: str = "d") -> Proof:
    return Proof(
        person=person,
        digest=digest,
        factors=("password",),
        proven_at=datetime(2026, 11, 2, tzinfo=UTC),
    )


def test_every_role_says_what_it_may_do() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_every_permission_is_given_to_somebody() -> None:
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_an_administrator_never_touches_the_stock() -> None:
    assert not ROLE_PERMISSIONS[Role.ADMINISTRATOR] & MOVES_STOCK


def test_an_inspector_only_reads() -> None:
    assert all(
        permission.value.startswith("read_")
        for permission in ROLE_PERMISSIONS[Role.INSPECTOR]
    )


def test_a_role_counts_only_at_its_own_site() -> None:
    actor = _person("per_a", Role.PHARMACIST, ELSEWHERE)
    require_permission(actor, Permission.RECEIVE, ELSEWHERE)
    with pytest.raises(InventoryError) as refused:
        require_permission(actor, Permission.RECEIVE, HERE)
    assert refused.value.code is ErrorCode.NOT_PERMITTED


@pytest.mark.parametrize(
    ("witness", "digest", "code"),
    [
        (_person("per_a", Role.PHARMACIST), "d", ErrorCode.WITNESS_IS_ACTOR),
        (_person("per_b", Role.ADMINISTRATOR), "d", ErrorCode.WITNESS_NOT_ENTITLED),
        (
            _person("per_b", Role.WITNESS, ELSEWHERE),
            "d",
            ErrorCode.WITNESS_NOT_ENTITLED,
        ),
        (_person("per_b", Role.WITNESS), "e", ErrorCode.WITNESS_SAW_ANOTHER_ENTRY),
        # Several faults at once: the first in the order of precedence is named.
        (_person("per_a", Role.ADMINISTRATOR), "e", ErrorCode.WITNESS_IS_ACTOR),
    ],
)
def test_the_two_person_rule_refuses(
    witness: Actor, digest: str, code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as refused:
        require_two_people(
            "per_a", _proof(witness, digest), registration_id=HERE, digest="d"
        )
    assert refused.value.code is code


def test_a_colleague_who_saw_exactly_this_entry_may_witness() -> None:
    witness = _proof(_person("per_b", Role.WITNESS))
    require_two_people("per_a", witness, registration_id=HERE, digest="d")
