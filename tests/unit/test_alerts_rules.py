"""Who may look into an alert, and what each kind says."""

import pytest

from inventory.alerts import rules
from inventory.alerts.words import SENTENCES, WAYS_OUT
from inventory.credentials.alerts import AlertKind
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode
from tests.refusals import refused

HERE, ELSEWHERE = "reg_1", "reg_2"
READERS = {Role.COMPLIANCE_OFFICER, Role.MANAGER, Role.ADMINISTRATOR}


def _actor(*roles: Role, at: str = HERE) -> Actor:
    return Actor(id="per_1", name="One", initials="O", roles={at: frozenset(roles)})


@pytest.mark.parametrize("role", Role, ids=str)
def test_those_who_read_the_access_look_into_alerts_but_for_inspectors(
    role: Role,
) -> None:
    may = rules.may_acknowledge(_actor(role), HERE, "per_2")
    assert may is (role in READERS)


@pytest.mark.parametrize("about", [None, "per_2"])
def test_an_alert_about_another_or_nobody_is_looked_into(about: str | None) -> None:
    rules.require_may_acknowledge(_actor(Role.MANAGER), HERE, about)


def test_nobody_looks_into_an_alert_about_themselves() -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        rules.require_may_acknowledge(_actor(Role.MANAGER), HERE, "per_1")


def test_a_role_elsewhere_counts_for_nothing() -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        rules.require_may_acknowledge(_actor(Role.MANAGER, at=ELSEWHERE), HERE, None)


def test_what_was_looked_into_is_not_looked_into_again() -> None:
    rules.require_open(None)
    with refused(ErrorCode.ALREADY_EXISTS, "alert_id"):
        rules.require_open("per_2")


@pytest.mark.parametrize("kind", AlertKind, ids=str)
def test_every_kind_has_a_sentence_and_a_way_out(kind: AlertKind) -> None:
    assert "{person}" in SENTENCES[kind]
    assert WAYS_OUT[kind].endswith(".")
