"""Every code has a status, a test, and its lines in the reference."""

import re
from pathlib import Path

import pytest

from inventory.kernel.errors import ErrorCode
from inventory.web.statuses import STATUS

_ROOT = Path(__file__).parents[2]
_REFERENCE = (_ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
_ENTRY = re.compile(
    r"^### (?P<code>[a-z_]+)\n\nStatus (?P<status>\d{3})\. (?P<text>.+?)\n\n"
    r"Way out: (?P<way>.+?)(?=\n\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (_ROOT / "tests").rglob("test_*.py")
    if path != Path(__file__)
)


def test_every_code_has_a_status() -> None:
    assert list(STATUS) == list(ErrorCode)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_the_reference_explains_every_code_in_order_with_its_status() -> None:
    entries = [(e["code"], int(e["status"])) for e in _ENTRY.finditer(_REFERENCE)]
    assert entries == [(code.value, status) for code, status in STATUS.items()]


@pytest.mark.parametrize("code", ErrorCode, ids=str)
def test_a_test_sees_the_code_answered(code: ErrorCode) -> None:
    named = re.search(rf"ErrorCode\.{code.name}\b|[\"']{code.value}[\"']", _TESTS)
    assert named is not None, f"no test expects {code}"
