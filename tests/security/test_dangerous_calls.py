"""Nothing in the product runs a text, and each rule catches what it forbids."""

import pytest

from tests.architecture import house_rules
from tests.architecture.house_rules import Module, Rule
from tests.security import dangerous
from tests.security.dangerous import RULES
from tests.security.served import ROOT

_FORBIDDEN = [
    (dangerous.imports_are_harmless, "import pickle"),
    (dangerous.imports_are_harmless, "from xml.etree import ElementTree"),
    (dangerous.imports_are_harmless, "import subprocess as s"),
    (dangerous.imports_are_harmless, "from random import choice"),
    (dangerous.nothing_runs_a_text, "eval(text)"),
    (dangerous.nothing_runs_a_text, "os.system(text)"),
    (dangerous.nothing_runs_a_text, "render_template_string(text)"),
    (dangerous.nothing_runs_a_text, "environment.from_string(text)"),
    (dangerous.nothing_runs_a_text, "os.execv(text, [])"),
    (dangerous.nothing_runs_a_text, "Markup(text)"),
    (dangerous.few_speak_to_the_network, "import socket"),
    (dangerous.few_speak_to_the_network, "from urllib import request"),
    (dangerous.few_speak_to_the_network, "from http.client import HTTPSConnection"),
    (dangerous.patterns_are_constants, "re.match(text, 'x')"),
    (dangerous.patterns_are_constants, "re.compile(f'a{text}')"),
    (dangerous.patterns_are_constants, "Regexp(text)"),
    (dangerous.patterns_are_constants, "text.format(name=1)"),
    (dangerous.patterns_are_constants, "(TITLE + text).format(name=1)"),
    (dangerous.patterns_are_constants, "text().format(name=1)"),
]
_ALLOWED = [
    (dangerous.imports_are_harmless, "import secrets"),
    (dangerous.nothing_runs_a_text, "re.compile('x')"),
    (dangerous.few_speak_to_the_network, "from urllib.parse import quote"),
    (dangerous.patterns_are_constants, "re.compile(rf'{_NAME}{_LENGTH - 1}')"),
    (dangerous.patterns_are_constants, "'{name}'.format(name=text)"),
    (dangerous.patterns_are_constants, "_SENTENCES[kind.value].format(name=text)"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Rule) -> None:
    modules = [each for each in house_rules.modules(ROOT) if each.is_product]
    assert len(modules) > 100
    found = [text for module in modules for text in rule(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "source"), _FORBIDDEN)
def test_a_planted_danger_is_caught(rule: Rule, source: str) -> None:
    assert list(rule(Module.of("inventory/waste/commands.py", source)))


@pytest.mark.parametrize(("rule", "source"), _ALLOWED)
def test_what_is_harmless_is_left_alone(rule: Rule, source: str) -> None:
    assert list(rule(Module.of("inventory/waste/commands.py", source))) == []


def test_every_rule_is_shown_to_catch_and_to_let_pass() -> None:
    assert {rule for rule, _ in _FORBIDDEN} == set(RULES)
    assert {rule for rule, _ in _ALLOWED} == set(RULES)
