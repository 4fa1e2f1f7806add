"""Writes docs/reference/api.md from the application itself.

`python -m tests.architecture.api_reference` writes it anew; a test compares.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from inventory.db import Database
from inventory.kernel.clock import SystemClock
from inventory.web.access import stated_access
from tests.application import application

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
_HEAD = """# API

JSON under `/api/v1`, described for programs at `/api/v1/openapi.json` (OpenAPI 3.1).
This page is written from the same declarations.

* Every request carries `Authorization: Bearer <token>`; a person issues one with
  `countersign people token`.
* Every `POST` carries an `Idempotency-Key` of its own. Sent again, it is answered again
  with `Idempotency-Replayed: true`; `GET /api/v1/idempotency-keys/<key>` tells what
  became of a key.
* Amounts are text with a unit: `"35.65 mg"`, `"0.713 mL"`, `"1 device"`. Instants carry
  an offset.
* Whoever holds no role at a registration is answered 404, as if it were not there.
* Refusals are problem documents: see [errors](errors.md).

`{books}` stands for `/api/v1/registrations/<registration_id>`.
"""


def write(app: Flask) -> str:
    """Give the page."""
    sections = [_HEAD]
    for name, lines in _sections(app).items():
        sections += [f"\n## {name}\n", "| request | permission | |", "|---|---|---|"]
        sections += lines
    return "\n".join(sections) + "\n"


def _sections(app: Flask) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for path, method, operation in _operations(app):
        [section] = operation["tags"]
        view = app.view_functions[f"{section}.{operation['operationId']}"]
        shown = path.replace("/api/v1/registrations/{registration_id}", "{books}")
        line = (
            f"| `{method.upper()} {shown}` | {stated_access(view)} "
            f"| {operation['summary']} |"
        )
        sections.setdefault(section, []).append(line)
    return sections


def _operations(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    description = app.test_client().get("/api/v1/openapi.json").get_json()
    for path, methods in description["paths"].items():
        for method in ("get", "post"):
            if method in methods:
                yield path, method, methods[method]


def main() -> None:
    """Write the page to its place."""
    with TemporaryDirectory() as folder:
        database = Database("sqlite://")
        app = application(Path(folder), database=database, clock=SystemClock())
        REFERENCE.write_text(write(app), encoding="utf-8")
    sys.stdout.write(f"{REFERENCE} is written.\n")


if __name__ == "__main__":
    main()
