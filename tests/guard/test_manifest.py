"""The manifest of the release is what its migrations and rights build."""

from pathlib import Path

import pytest

from inventory.guard.manifest import written
from inventory.guard.pieces import (
    Change,
    Line,
    Piece,
    assemble,
    changes,
    differences,
    digests,
)
from tests.guard.release import MANIFEST, fresh_postgresql, fresh_sqlite
from tests.postgres import PostgresServer


def test_the_manifest_is_what_the_migrations_and_the_rights_build(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    engines = {
        "postgresql": fresh_postgresql(postgres),
        "sqlite": fresh_sqlite(tmp_path),
    }
    assert MANIFEST.read_text("utf-8") == written(engines), (
        "run: python -m tests.guard.release"
    )


def test_lines_become_pieces_in_no_matter_what_order() -> None:
    lines = [
        Line("table a", content="column x"),
        Line("table a", content="column b", trace="1"),
        Line("counter", trace="7"),
    ]
    expected = {
        "counter": Piece((), ("7",)),
        "table a": Piece(("column b", "column x"), ("1",)),
    }
    assert assemble(lines) == assemble(reversed(lines)) == expected


@pytest.mark.parametrize(
    ("was", "now", "how"),
    [
        ({"a": Piece(("x",))}, {}, {"a": Change.MISSING}),
        ({}, {"a": Piece(("x",))}, {"a": Change.UNKNOWN}),
        ({"a": Piece(("x",))}, {"a": Piece(("y",))}, {"a": Change.ALTERED}),
        (
            {"a": Piece(("x",), ("1",))},
            {"a": Piece(("x",), ("2",))},
            {"a": Change.TOUCHED},
        ),
        ({"a": Piece(("x",), ("1",))}, {"a": Piece(("x",), ("1",))}, {}),
    ],
)
def test_a_change_has_its_word(
    was: dict[str, Piece], now: dict[str, Piece], how: dict[str, Change]
) -> None:
    assert changes(digests(was), digests(now)) == how


def test_a_release_knows_no_traces() -> None:
    assert differences({"a": Piece(("x",))}, {"a": Piece(("x",), ("1",))}) == {}
