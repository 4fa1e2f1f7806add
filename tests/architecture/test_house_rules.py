"""The tree keeps the house rules, and each rule catches what it forbids."""

from pathlib import Path

import pytest

from tests.architecture import house_rules
from tests.architecture.house_rules import RULES, Module, Rule

_ROOT = Path(__file__).parents[2]
_LONG_FILE = '"""Long."""\n' + "pass\n" * house_rules.MAX_FILE_LINES
_LONG_FUNCTION = "def f():\n" + "    pass\n" * house_rules.MAX_FUNCTION_LINES

_FORBIDDEN = [
    (
        house_rules.imports_stand_at_the_top,
        "inventory/waste/commands.py",
        "def f():\n    if True:\n        import json",
    ),
    (
        house_rules.imports_stand_at_the_top,
        "reports/layout.py",
        "class A:\n    async def f(self):\n        from json import loads",
    ),
    (house_rules.names_say_something, "inventory/helpers/__init__.py", ""),
    (house_rules.names_say_something, "inventory/waste/utils.py", ""),
    (house_rules.names_say_something, "tests/_common.py", ""),
    (house_rules.only_the_edge_commits, "inventory/waste/commands.py", "db.commit()"),
    (house_rules.only_the_edge_commits, "reports/routes.py", "a.b.commit()"),
    (house_rules.quantities_are_integers, "inventory/ledger/post.py", "x = 0.5"),
    (house_rules.quantities_are_integers, "inventory/waste/rules.py", "float('1')"),
    (house_rules.quantities_are_integers, "inventory/kernel/clock.py", "y = a / b"),
    (house_rules.quantities_are_integers, "inventory/kernel/a/b.py", "y /= 2"),
    (house_rules.modules_say_what_they_are, "config/settings.py", "import json"),
    (house_rules.modules_say_what_they_are, "inventory/__init__.py", ""),
    (house_rules.files_stay_small, "tests/unit/test_waste.py", _LONG_FILE),
    (house_rules.functions_stay_small, "inventory/app.py", _LONG_FUNCTION),
]

_ALLOWED = [
    (
        house_rules.imports_stand_at_the_top,
        "inventory/kernel/codes.py",
        "if True:\n    import json",
    ),
    (house_rules.names_say_something, "inventory/common_law.py", ""),
    (house_rules.only_the_edge_commits, "inventory/db.py", "session.commit()"),
    (house_rules.quantities_are_integers, "inventory/detection/signals/a.py", "0.5"),
    (house_rules.quantities_are_integers, "inventory/kernel/clock.py", "y = a // b"),
    (house_rules.modules_say_what_they_are, "config/settings.py", '"""Settings."""'),
    (house_rules.files_stay_small, "inventory/app.py", "pass\n" * 500),
    (house_rules.functions_stay_small, "inventory/app.py", "def f():\n    pass"),
    (
        house_rules.functions_stay_small,
        "migrations/versions/0001_create_people.py",
        _LONG_FUNCTION,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    found = [text for module in house_rules.modules(_ROOT) for text in rule(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "source"), _FORBIDDEN)
def test_a_planted_violation_is_caught(rule: Rule, path: str, source: str) -> None:
    assert [text.partition(":")[0] for text in rule(Module.of(path, source))] == [path]


@pytest.mark.parametrize(("rule", "path", "source"), _ALLOWED)
def test_what_is_allowed_is_left_alone(rule: Rule, path: str, source: str) -> None:
    assert list(rule(Module.of(path, source))) == []


def test_every_rule_is_shown_to_catch_and_to_let_pass() -> None:
    assert {rule for rule, _, _ in _FORBIDDEN} == set(RULES)
    assert {rule for rule, _, _ in _ALLOWED} == set(RULES)


def test_the_rules_read_the_whole_tree() -> None:
    read = {str(module.path) for module in house_rules.modules(_ROOT)}
    assert {"inventory/__init__.py", "tests/architecture/house_rules.py"} <= read
