"""What could turn a text into a program, a statement or a connection, found by reading.

A rule reads one module of the product and yields a sentence for each violation.
"""

import ast
from collections.abc import Iterator
from typing import Final

from tests.architecture.house_rules import Module

# Run texts, load objects from bytes, read XML, or draw numbers that can be guessed.
FORBIDDEN_IMPORTS: Final = frozenset(
    {
        "code",
        "codeop",
        "ctypes",
        "dill",
        "imp",
        "lxml",
        "marshal",
        "memcache",
        "pickle",
        "pty",
        "runpy",
        "shelve",
        "subprocess",
        "uuid",
        "xml",
        "yaml",
    }
)
FORBIDDEN_CALLS: Final = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "render_template_string",
        "from_string",
        "Markup",
    }
)
FORBIDDEN_ATTRIBUTES: Final = frozenset(
    {
        "system",
        "popen",
        "execl",
        "execle",
        "execlp",
        "execv",
        "execve",
        "execvp",
        "execvpe",
        "spawnl",
        "spawnv",
        "posix_spawn",
        "render_template_string",
        "from_string",
        "Markup",
        "safe_load",
        "unsafe_load",
    }
)
# Hands over to the server: our own interpreter, no shell, nothing a caller typed.
MAY_START_A_PROGRAM: Final = "inventory/cli/serve.py"
# The demonstration is the same one each time; for waste it draws in the place of the
# system's generator, which draws otherwise.
MAY_DRAW_LOTS: Final = ("inventory/demo/", "inventory/waste/commands/asking.py")

# Who speaks to the network, and who listens: docs/concepts/security.md names them.
NETWORK_IMPORTS: Final = frozenset(
    {
        "ftplib",
        "http.client",
        "httpx",
        "imaplib",
        "poplib",
        "requests",
        "smtplib",
        "socket",
        "socketserver",
        "ssl",
        "telnetlib",
        "urllib.request",
        "urllib3",
        "wsgiref.simple_server",
    }
)
MAY_USE_THE_NETWORK: Final = frozenset(
    {
        "inventory/cli/serve.py",
        "inventory/evidence/witnesses/exchange.py",
        "inventory/evidence/witnesses/mail.py",
        "inventory/evidence/witnesses/server.py",
        "inventory/single_sign_on/network.py",
    }
)
# `field` is one of our own patterns, `lines.{index}.container_id`.
OWN_PATTERNS: Final = frozenset({("inventory/ledger/containers.py", "field")})

_REGEX_CALLS: Final = frozenset(
    {
        "compile",
        "findall",
        "finditer",
        "fullmatch",
        "match",
        "search",
        "split",
        "sub",
        "subn",
    }
)


def imports_are_harmless(module: Module) -> Iterator[str]:
    """Nothing that runs a text or builds objects from bytes is even imported."""
    for node, name in imported(module):
        if name.split(".")[0] in FORBIDDEN_IMPORTS:
            yield module.at(node, f"import of {name}")
        if name == "random" and not str(module.path).startswith(MAY_DRAW_LOTS):
            yield module.at(node, "random can be guessed: use secrets")


def nothing_runs_a_text(module: Module) -> Iterator[str]:
    """No text becomes Python, a template or a command line."""
    may_start = str(module.path) == MAY_START_A_PROGRAM
    for call in _calls(module):
        name = _called(call)
        if isinstance(call.func, ast.Name) and name in FORBIDDEN_CALLS:
            yield module.at(call, f"call of {name}()")
        is_attribute = isinstance(call.func, ast.Attribute)
        if is_attribute and name in FORBIDDEN_ATTRIBUTES and not may_start:
            yield module.at(call, f"call of {name}()")


def few_speak_to_the_network(module: Module) -> Iterator[str]:
    """Connections are opened where the documentation says, and nowhere else."""
    for node, name in imported(module):
        if name in NETWORK_IMPORTS and str(module.path) not in MAY_USE_THE_NETWORK:
            yield module.at(node, f"import of {name}")


def patterns_are_constants(module: Module) -> Iterator[str]:
    """No regular expression and no format is built from what somebody typed."""
    for call in _calls(module):
        match call.func:
            case ast.Attribute(value=ast.Name(id="re"), attr=name):
                if name in _REGEX_CALLS and not _is_constant(call.args[0]):
                    yield module.at(call, "a regular expression that is no constant")
            case ast.Name(id="Regexp") if not _is_constant(call.args[0]):
                yield module.at(call, "a regular expression that is no constant")
            case ast.Attribute(value=pattern, attr="format" | "format_map"):
                own = (str(module.path), getattr(pattern, "id", "")) in OWN_PATTERNS
                if not own and not _is_constant(pattern):
                    yield module.at(call, "a format that is no constant")


RULES: Final = (
    imports_are_harmless,
    nothing_runs_a_text,
    few_speak_to_the_network,
    patterns_are_constants,
)


def imported(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Give each module that is imported, by its full name, also by parts of it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module
            yield from ((node, f"{node.module}.{each.name}") for each in node.names)


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_constant(pattern: ast.expr) -> bool:
    """Whether a text is made of literals and of names in capitals alone."""
    if isinstance(pattern, ast.Subscript):  # one text of a table, whatever the key
        return _is_constant(pattern.value)
    parts = list(ast.walk(pattern))
    if any(isinstance(part, ast.Call | ast.Attribute) for part in parts):
        return False
    return all(part.id.isupper() for part in parts if isinstance(part, ast.Name))
