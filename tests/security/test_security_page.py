"""The page on security says what the code does: its limits and its roles."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Final

import pytest

from inventory.kernel.actors import ROLE_PERMISSIONS, Permission, Role
from tests.security.served import ROOT

_PAGE: Final = (ROOT / "docs" / "concepts" / "security.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    return _PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


_LIMITS: Final[list[tuple[str, str]]] = re.findall(
    r"^\| (.+?) \| .*\| `([\w.]+)` \|$", _section("Limits"), re.MULTILINE
)


@pytest.mark.parametrize(("written", "name"), _LIMITS)
def test_a_limit_is_the_one_in_the_code(written: str, name: str) -> None:
    module, _, constant = name.rpartition(".")
    value = getattr(import_module(module), constant)
    number, unit = written.split()[:2]
    if isinstance(value, timedelta):
        assert timedelta(**{unit: int(number.replace(",", ""))}) == value
    else:
        assert f"{value:,}" == number


def test_the_limits_are_read() -> None:
    assert len(_LIMITS) == 31


def test_every_role_stands_there_with_what_it_may() -> None:
    row = re.compile(r"^\| `(\w+)` \| ([\w, ]+) \|$", re.MULTILINE)
    assert dict(row.findall(_section("Roles"))) == {
        role.value: _written(role) for role in Role
    }


def _written(role: Role) -> str:
    held = ROLE_PERMISSIONS[role]
    return ", ".join(each.value for each in Permission if each in held)
