"""Rules are data with a source; the strictest wins (AC-49)."""

import pytest

from inventory.kernel.errors import ErrorCode
from inventory.profiles.catalogue import DEFAULT, PROFILES, ProfileError, load, value
from inventory.profiles.queries import SiteRules
from inventory.profiles.rules import (
    Rule,
    Setting,
    read_value,
    require_more_than_a_password,
    require_no_weaker,
    strictest,
    write_value,
)
from tests.refusals import refused

S = Setting
OHIO = PROFILES["us-oh"]
FLOOR = """
title = "Floor"
[positive_identification]
value = true
source = "paper"
evidence = "read"
[second_witness_percent]
value = 5
source = "paper"
evidence = "read"
"""


def _percent(value: int, evidence: str) -> str:
    return (
        f"[second_witness_percent]\nvalue = {value}\n"
        f'source = "paper"\nevidence = "{evidence}"'
    )


def test_every_profile_says_something_about_every_setting() -> None:
    for profile in PROFILES.values():
        assert set(profile.rules) == set(Setting)
        assert all(rule.source for rule in profile.rules.values())


def test_ohio_asks_for_more_than_a_password_and_the_federal_floor_does_not() -> None:
    assert value(DEFAULT, S.POSITIVE_IDENTIFICATION) == 0
    assert value("us-oh", S.POSITIVE_IDENTIFICATION) == 1
    assert "4729:5-3-01" in OHIO.rules[S.POSITIVE_IDENTIFICATION].source


def test_a_profile_inherits_what_it_does_not_say() -> None:
    child = 'title = "Child"\nextends = "floor"\n'
    profiles = load({"floor": FLOOR, "child": child})
    assert profiles["child"].rules == profiles["floor"].rules


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("[more]\nvalue = 1", "no setting called more"),
        ("[second_witness_percent]\nvalue = 9", "needs value, source and evidence"),
        (_percent(9, "hearsay"), "no known mark of evidence"),
        (_percent(4, "read"), "asks for less than floor does"),
    ],
)
def test_a_profile_that_cannot_be_stops_the_program(wrong: str, sentence: str) -> None:
    child = f'title = "Child"\nextends = "floor"\n{wrong}'
    with pytest.raises(ProfileError, match=sentence):
        load({"floor": FLOOR, "child": child})


def test_a_profile_that_stands_alone_says_everything() -> None:
    with pytest.raises(ProfileError, match="nothing is said about positive_ident"):
        load({"bare": 'title = "Bare"'})


@pytest.mark.parametrize(
    ("setting", "text", "worth"),
    [
        (S.POSITIVE_IDENTIFICATION, "yes", 1),
        (S.POSITIVE_IDENTIFICATION, "no", 0),
        (S.SECOND_WITNESS_PERCENT, "0", 0),
        (S.SECOND_WITNESS_PERCENT, "100", 100),
    ],
)
def test_a_value_is_read_and_written_alike(
    setting: Setting, text: str, worth: int
) -> None:
    assert read_value(setting, text) == worth
    assert write_value(setting, worth) == text


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (S.POSITIVE_IDENTIFICATION, "true"),
        (S.POSITIVE_IDENTIFICATION, ""),
        (S.SECOND_WITNESS_PERCENT, "101"),
        (S.SECOND_WITNESS_PERCENT, "-1"),
        (S.SECOND_WITNESS_PERCENT, "07"),
        (S.SECOND_WITNESS_PERCENT, "10 %"),
    ],
)
def test_a_value_that_a_setting_does_not_take_is_refused(
    setting: Setting, text: str
) -> None:
    with refused(ErrorCode.INVALID_FIELD, at="value"):
        read_value(setting, text)


@pytest.mark.parametrize(
    ("ruled", "own", "applies", "source"),
    [
        (0, None, 0, "paper"),
        (0, 1, 1, "set by this site"),
        (1, 0, 1, "paper"),
        (1, 1, 1, "paper"),
    ],
)
def test_the_strictest_applies_and_says_where_it_comes_from(
    ruled: int, own: int | None, applies: int, source: str
) -> None:
    rule = strictest(Rule(value=ruled, source="paper", evidence="read"), own)
    assert (rule.value, rule.source) == (applies, source)


def test_a_site_cannot_ask_for_less_than_its_profile() -> None:
    require_no_weaker(S.POSITIVE_IDENTIFICATION, 1, OHIO)
    with refused(ErrorCode.INVALID_FIELD, at="value"):
        require_no_weaker(S.POSITIVE_IDENTIFICATION, 0, OHIO)


def test_a_rule_that_became_weaker_than_the_profile_does_not_apply() -> None:
    site = SiteRules(profile=OHIO, own={S.POSITIVE_IDENTIFICATION: 0})
    assert site.rule(S.POSITIVE_IDENTIFICATION).value == 1


@pytest.mark.parametrize(
    "factors", [(), ("password",), ("token",), ("token", "password"), ("oidc",)]
)
def test_a_password_or_a_token_alone_identifies_nobody_positively(
    factors: tuple[str, ...],
) -> None:
    rule = OHIO.rules[S.POSITIVE_IDENTIFICATION]
    with refused(ErrorCode.SIGNATURE_TOO_WEAK, at="signature"):
        require_more_than_a_password(factors, rule, field="signature")
    lax = PROFILES[DEFAULT].rules[S.POSITIVE_IDENTIFICATION]
    require_more_than_a_password(factors, lax, field="signature")


@pytest.mark.parametrize(
    "factors",
    [
        ("password", "totp"),
        ("passkey",),
        ("token", "password", "totp"),
        ("oidc", "mfa"),
    ],
)
def test_anything_more_than_a_password_identifies(factors: tuple[str, ...]) -> None:
    rule = OHIO.rules[S.POSITIVE_IDENTIFICATION]
    require_more_than_a_password(factors, rule, field="signature")
