"""Our scripts: few, small, and read for what could make them run or keep a text."""

import re
from pathlib import Path
from typing import Final

import pytest

import inventory.web

_STATIC: Final = Path(inventory.web.__file__).parent / "static"
_SCRIPTS: Final = {
    path.name: path.read_text(encoding="utf-8") for path in _STATIC.rglob("*.js")
}
_RUNS_A_TEXT: Final = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\("
    r"|srcdoc|createContextualFragment|javascript:|set(?:Timeout|Interval)\(\s*[\"'`]"
    r"|setAttribute\(\s*[\"']on|import\("
)
_KEEPS_A_TEXT: Final = re.compile(
    r"localStorage|sessionStorage|indexedDB|document\.cookie|\bcaches\b|serviceWorker"
)
# `x[name] =`: what is set then depends on a text. Reading by name sets nothing.
_SETS_BY_NAME: Final = re.compile(
    r"\]\s*(?:=(?![=>])|\+=|\?\?=|\|\|=)|__proto__|Object\.assign|\bprototype\b"
    r"|structuredClone|fromEntries"
)

each_script: Final = pytest.mark.parametrize("script", _SCRIPTS.values(), ids=_SCRIPTS)


def test_the_scripts_are_known() -> None:
    """If this fails: read the new one, then name it here."""
    assert sorted(_SCRIPTS) == ["forms.js", "passkeys.js"]


@each_script
def test_a_script_is_strict(script: str) -> None:
    assert '"use strict";' in script


@each_script
def test_a_script_writes_text_and_nothing_else(script: str) -> None:
    assert _RUNS_A_TEXT.findall(script) == []


@each_script
def test_a_script_keeps_nothing_in_the_browser(script: str) -> None:
    assert _KEEPS_A_TEXT.findall(script) == []


@each_script
def test_a_script_sets_no_property_by_a_name_from_elsewhere(script: str) -> None:
    assert _SETS_BY_NAME.findall(script) == []


@each_script
def test_a_script_asks_nobody_but_the_page_says_so(script: str) -> None:
    """The address comes from our own page, whose policy lets it ask nobody else."""
    assert re.findall(r"https?://|XMLHttpRequest|WebSocket|sendBeacon", script) == []
    assert set(re.findall(r"fetch\((.*?),", script)) <= {"button.dataset.passkey"}


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("says.innerHTML = text", _RUNS_A_TEXT),
        ("eval(text)", _RUNS_A_TEXT),
        ("setTimeout('go()', 1)", _RUNS_A_TEXT),
        ("localStorage.setItem('a', secret)", _KEEPS_A_TEXT),
        ("document.cookie = 'a=b'", _KEEPS_A_TEXT),
        ("options[name] = value", _SETS_BY_NAME),
        ("Object.assign(target, JSON.parse(text))", _SETS_BY_NAME),
    ],
)
def test_a_planted_danger_is_caught(planted: str, rule: re.Pattern[str]) -> None:
    assert rule.search(planted)
