"""Whether what a page of ours names as its evidence is there: a test, or a heading."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TODO: Final = re.compile(r"`TODO:([^`]+)`")

_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_LINK: Final = re.compile(r"\[[^]]+\]\(([^)#]+)#([^)]+)\)")


def faults_of(shown: str, page: Path) -> Iterator[str]:
    """Say what is wrong with a piece of evidence that a page names."""
    if test := _TEST.fullmatch(shown):
        if test[2] not in _tests(ROOT / test[1]):
            yield f"there is no test {shown}"
    elif link := _LINK.fullmatch(shown):
        if link[2] not in _anchors((page.parent / link[1]).resolve()):
            yield f"there is no heading {link[1]}#{link[2]}"
    elif not TODO.fullmatch(shown):
        yield f"{shown} is neither a test nor a heading"


@cache
def _tests(path: Path) -> frozenset[str]:
    """Name the tests of a file, those in its classes too."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(one.name for one in functions if one.name.startswith("test_"))


@cache
def _anchors(path: Path) -> frozenset[str]:
    """Name the headings of a page as links do."""
    if not path.is_file():
        return frozenset()
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return frozenset(heading.replace(" ", "-") for heading in plain)
