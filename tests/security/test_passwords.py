"""A password is what its owner typed: any characters, all of them, as they are."""

import re
from typing import Final

import pytest
from flask.testing import FlaskClient

from tests.clinic import PASSWORDS

_ANY_COMPOSITION: Final = (
    "aaaaaaaaaaaaaaaaaaaa",
    "                    x",
    "11111111111111111111",
    "drei oder vier Wörter",
    "猫が椅子の上で静かに眠っている午後の部屋",
    "🐴🔋📎🐴🔋📎🐴🔋📎🐴🔋📎🐴🔋📎🐴",
    "'; DROP TABLE people; --",
    "x" * 64,
    "x" * 200,
)


@pytest.mark.parametrize("password", _ANY_COMPOSITION)
def test_a_password_of_any_composition_can_be_had(password: str) -> None:
    assert PASSWORDS.matches(PASSWORDS.hash(password), password)


@pytest.mark.parametrize("password", ["Correct Horse Battery", "Straße am Fluß hier"])
def test_a_password_that_differs_in_anything_is_another(password: str) -> None:
    kept = PASSWORDS.hash(password)
    for other in (
        password.lower(),
        password.upper(),
        password.casefold(),
        password.replace(" ", ""),
        f" {password}",
        f"{password} ",
        password[:-1],
        f"{password}\x00",
    ):
        assert not PASSWORDS.matches(kept, other), other


def test_the_end_of_a_long_password_counts() -> None:
    kept = PASSWORDS.hash("x" * 199 + "y")
    assert not PASSWORDS.matches(kept, "x" * 199 + "z")
    assert not PASSWORDS.matches(kept, "x" * 199)


def test_the_field_masks_and_lets_a_password_manager_fill_it(
    browser: FlaskClient,
) -> None:
    page = browser.get("/sign-in").text
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert re.findall(r"onpaste|readonly|autocomplete=\"off\"|oncopy", page) == []
