"""What a registration and a place can be: AC-22, AC-24."""

import pytest

from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.sites import rules


def _actor(*roles: Role) -> Actor:
    return Actor(id="per", name="A", initials="A", roles={"reg": frozenset(roles)})


@pytest.mark.parametrize("text", ["BB1388568", "bb 1388568"])
def test_a_registration_number_has_one_form(text: str) -> None:
    assert rules.registration_number(text) == "BB1388568"


@pytest.mark.parametrize("text", ["BB1388567", "BB1388568-001AB", ""])
def test_what_is_no_registration_number_is_refused(text: str) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.registration_number(text)
    assert caught.value.code is ErrorCode.INVALID_CODE
    assert caught.value.field == "dea_number"


def test_an_administrator_may_open_a_registration() -> None:
    rules.require_administrator(_actor(Role.ADMINISTRATOR))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_may(role: Role) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_administrator(_actor(role))
    assert caught.value.code is ErrorCode.NOT_PERMITTED


@pytest.mark.parametrize("name", ["Vault", "VAULT"])
def test_two_places_cannot_be_mixed_up(name: str) -> None:
    with pytest.raises(InventoryError) as caught:
        rules.require_new_name(name, ["Procedure room", "Vault"])
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_a_new_name_is_fine() -> None:
    rules.require_new_name("Vault 2", ["Vault"])
