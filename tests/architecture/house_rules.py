"""The house rules that no other tool checks, one function each.

A rule reads one module and yields a sentence for each violation.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

MAX_FILE_LINES: Final = 500
# One file by design: an outsider carries it away and runs it alone (decision 0013).
MAX_LINES_OF: Final = {"inventory/journal/verifier.py": 600}
MAX_FUNCTION_LINES: Final = 60

_PACKAGES: Final = frozenset({"inventory", "reports", "config"})
_NAMES_THAT_SAY_NOTHING: Final = frozenset({"utils", "helpers", "common", "misc"})
_COMMITTER: Final = "inventory/db.py"
_MIGRATIONS: Final = "migrations/versions/"
_EXACT_FOLDERS: Final = frozenset({"inventory/kernel", "inventory/ledger"})

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A parsed file and its path below the project's root."""

    path: PurePosixPath
    source: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, source: str) -> "Module":
        """Parse a source text as if it stood at a path."""
        return cls(PurePosixPath(path), source, ast.parse(source, path))

    @property
    def is_product(self) -> bool:
        """Whether this is code of the service, not of its tests or tools."""
        return self.path.parts[0] in _PACKAGES | {"wsgi.py"}

    def at(self, node: ast.AST | None, sentence: str) -> str:
        """A violation with the place where it stands."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {sentence}"


class Rule(Protocol):
    """One house rule."""

    __name__: str

    def __call__(self, module: Module) -> Iterator[str]:
        """Yield a sentence for each violation."""
        ...


def modules(root: Path) -> Iterator[Module]:
    """Every Python file of the project."""
    paths = [root / "wsgi.py"]
    for folder in (*sorted(_PACKAGES), "migrations", "tests"):
        paths += sorted((root / folder).rglob("*.py"))
    for path in paths:
        if path.exists():
            yield Module.of(path.relative_to(root).as_posix(), path.read_text("utf-8"))


def imports_stand_at_the_top(module: Module) -> Iterator[str]:
    """An import inside a function hides a dependency."""
    if not module.is_product:
        return
    for function in _functions(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield module.at(node, f"import inside {function.name}()")


def names_say_something(module: Module) -> Iterator[str]:
    """A folder or file called utils collects what nobody placed."""
    for part in module.path.with_suffix("").parts:
        if part.lstrip("_") in _NAMES_THAT_SAY_NOTHING:
            yield module.at(None, f"a module must not be called {part!r}")


def only_the_edge_commits(module: Module) -> Iterator[str]:
    """One command is one transaction: `inventory.db.transaction` ends it."""
    if not module.is_product or str(module.path) == _COMMITTER:
        return
    for node in _calls(module):
        if _called(node) == "commit":
            yield module.at(node, f"commit() belongs to {_COMMITTER}")


def quantities_are_integers(module: Module) -> Iterator[str]:
    """Kernel, ledger and rules compute without floats; `/` would make one."""
    if not _is_exact(module.path):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield module.at(node, f"float literal {node.value}")
        elif isinstance(node, ast.BinOp | ast.AugAssign):
            if isinstance(node.op, ast.Div):
                yield module.at(node, "true division gives a float")
        elif isinstance(node, ast.Call) and _called(node) == "float":
            yield module.at(node, "call of float()")


def modules_say_what_they_are(module: Module) -> Iterator[str]:
    """Every module starts with a docstring."""
    if not ast.get_docstring(module.tree):
        yield module.at(None, "no module docstring")


def files_stay_small(module: Module) -> Iterator[str]:
    """A file that does not fit in the head is split by what it is about."""
    lines = len(module.source.splitlines())
    most = MAX_LINES_OF.get(str(module.path), MAX_FILE_LINES)
    if lines > most:
        yield module.at(None, f"{lines} lines, at most {most}")


def functions_stay_small(module: Module) -> Iterator[str]:
    """A function that does not fit on a screen is split by what it does.

    A migration is a list of columns in order: splitting it would hide the order.
    """
    if str(module.path).startswith(_MIGRATIONS):
        return
    for function in _functions(module):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            sentence = f"{function.name}() has {lines} lines"
            yield module.at(function, f"{sentence}, at most {MAX_FUNCTION_LINES}")


RULES: Final[tuple[Rule, ...]] = (
    imports_stand_at_the_top,
    names_say_something,
    only_the_edge_commits,
    quantities_are_integers,
    modules_say_what_they_are,
    files_stay_small,
    functions_stay_small,
)


def violations(root: Path) -> list[str]:
    """Every violation of every rule below a root."""
    return [text for module in modules(root) for rule in RULES for text in rule(module)]


def _functions(module: Module) -> Iterator[_Function]:
    for node in ast.walk(module.tree):
        if isinstance(node, _Function):
            yield node


def _calls(module: Module) -> Iterator[ast.Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node


def _called(call: ast.Call) -> str:
    """The last name of what is called: `db.session.commit()` gives `commit`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_exact(path: PurePosixPath) -> bool:
    if path.parts[0] != "inventory":
        return False
    folders = {str(folder) for folder in path.parents}
    return path.name == "rules.py" or bool(folders & _EXACT_FOLDERS)
