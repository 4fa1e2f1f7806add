"""The benchmarks can lose: what is slow, lost or broken shows in their rows."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from inventory.db import Database
from tests.bench.benchmark import Benchmark, Verdict
from tests.bench.catalogue import BENCHMARKS
from tests.bench.databases import SQLITE, Databases
from tests.bench.measure import (
    Figures,
    LostWorkError,
    Scale,
    Spread,
    Target,
    posts_per_second,
)
from tests.bench.posting import PostingDuel
from tests.bench.runner import run, run_all
from tests.bench.table import row_text
from tests.bench.tape import Recorder, Statement, Transaction, play

SCALE = Scale(rounds=7, posts=8)
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "performance.md"


class PacedDuel:
    """A duel whose sides take as long as they are told, by a stopwatch of its own."""

    def __init__(self, *, ours_s: float, baseline_s: float) -> None:
        self._paces = {"ours": ours_s, "baseline": baseline_s}
        self._elapsed_s = 0.0
        self.calls: list[str] = []

    def stopwatch(self) -> float:
        return self._elapsed_s

    def prepare(self) -> None:
        self.calls.append("prepare")

    def ours(self) -> None:
        self._work("ours")

    def baseline(self) -> None:
        self._work("baseline")

    def check(self) -> None:
        self.calls.append("check")

    def _work(self, side: str) -> None:
        self.calls.append(side)
        self._elapsed_s += self._paces[side]


def _paced(duel: PacedDuel) -> Benchmark:
    return _benchmark(
        lambda _databases, scale: posts_per_second(duel, scale, timer=duel.stopwatch)
    )


def _benchmark(
    measured: Callable[[Databases, Scale], Figures], name: str = "B0"
) -> Benchmark:
    return Benchmark(
        name=name,
        ours="ours",
        baseline="baseline",
        unit="posts/s",
        target=Target(0.35),
        measure=measured,
    )


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with Databases() as databases:
        yield databases


@pytest.fixture
def duel(databases: Databases) -> Iterator[PostingDuel]:
    with closing(PostingDuel(databases, SQLITE, posts=SCALE.posts)) as duel:
        duel.prepare()
        yield duel


def test_sides_take_turns_and_every_round_is_checked(databases: Databases) -> None:
    duel = PacedDuel(ours_s=1, baseline_s=1)
    run(_paced(duel), databases, SCALE)
    rounds = 1 + SCALE.rounds
    assert duel.calls == ["prepare", "ours", "baseline", "check"] * rounds


def test_the_warm_up_is_not_counted() -> None:
    duel = PacedDuel(ours_s=1, baseline_s=1)
    figures = posts_per_second(duel, SCALE, timer=duel.stopwatch)
    assert len(figures.ours) == len(figures.baseline) == SCALE.rounds


@pytest.mark.parametrize(("ours_s", "verdict"), [(2, Verdict.MET), (4, Verdict.MISSED)])
def test_a_planted_slow_down_turns_the_verdict(
    databases: Databases, ours_s: float, verdict: Verdict
) -> None:
    row = run(_paced(PacedDuel(ours_s=ours_s, baseline_s=1)), databases, SCALE)
    assert row.verdict is verdict
    assert row_text(row).endswith(verdict)


@pytest.mark.parametrize(
    ("target", "ratio", "met"),
    [
        (Target(0.35), 0.35, True),
        (Target(0.35), 0.34, False),
        (Target(2.0, at_most=True), 2.0, True),
        (Target(2.0, at_most=True), 2.1, False),
    ],
)
def test_a_target_is_a_floor_or_a_ceiling(
    target: Target, ratio: float, *, met: bool
) -> None:
    assert target.met(ratio) is met


def test_noise_that_hits_both_sides_of_a_round_leaves_the_ratio_alone() -> None:
    figures = Figures(ours=[10, 2, 10], baseline=[20, 4, 20])
    assert figures.ratio() == Spread(0.5, 0.5, 0.5)


def test_one_wild_round_does_not_move_the_median() -> None:
    figures = Figures(ours=[10, 10, 10, 10, 1000], baseline=[20] * 5)
    assert figures.ratio().median == 0.5


def test_an_honest_round_makes_the_same_books_twice(duel: PostingDuel) -> None:
    duel.ours()
    duel.baseline()
    duel.check()


def test_a_post_that_the_handlers_lost_voids_the_round(duel: PostingDuel) -> None:
    duel.visits.pop()
    duel.ours()
    duel.baseline()
    with pytest.raises(LostWorkError, match="kept by the handlers"):
        duel.check()


def _without_the_last_post(tape: list[Transaction]) -> list[Transaction]:
    return tape[:-1]


def _without_entries(tape: list[Transaction]) -> list[Transaction]:
    return [
        [each for each in transaction if "INTO entries" not in each.sql]
        for transaction in tape
    ]


def _with_blank_hashes(tape: list[Transaction]) -> list[Transaction]:
    return [[_blank_hashes(each) for each in transaction] for transaction in tape]


def _blank_hashes(statement: Statement) -> Statement:
    if "UPDATE book_heads" not in statement.sql:
        return statement
    values = [bytes(32) if _is_hash(each) else each for each in statement.parameters]
    return Statement(statement.sql, tuple(values), many=False)


def _is_hash(value: Any) -> bool:
    return isinstance(value, memoryview) and len(value) == 32


@pytest.mark.parametrize(
    "sabotage", [_without_the_last_post, _without_entries, _with_blank_hashes]
)
def test_a_baseline_that_does_less_voids_the_round(
    duel: PostingDuel, sabotage: Callable[[list[Transaction]], list[Transaction]]
) -> None:
    duel.ours()
    play(duel.bare, sabotage(duel.recorder.take()))
    with pytest.raises(LostWorkError, match="driver"):
        duel.check()


def test_what_was_rolled_back_is_not_on_the_tape(databases: Databases) -> None:
    database = Database(databases.migrated(SQLITE))
    recorder = Recorder(database)
    with database.reading() as db:
        db.execute(text("SELECT 1"))
    with database.transaction() as db:
        db.execute(text("SELECT 2"))
    database.dispose()
    [transaction] = recorder.take()
    assert [each.sql for each in transaction] == ["BEGIN IMMEDIATE", "SELECT 2"]


def test_a_benchmark_that_fails_says_why_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lose(_databases: Databases, _scale: Scale) -> Figures:
        raise LostWorkError("a row is missing")

    good = _benchmark(lambda *_: Figures([1], [1]), "B-good")
    written = tmp_path / "bench.json"
    assert run_all([_benchmark(lose, "B-bad"), good], SCALE, write_to=written) == 1
    shown = capsys.readouterr().out
    assert "FAILED: LostWorkError: a row is missing" in shown
    rows = {row["name"]: row for row in json.loads(written.read_text())["rows"]}
    assert rows["B-bad"]["failure"] == "LostWorkError: a row is missing"
    assert rows["B-good"]["verdict"] == "met"


def test_the_document_says_which_machine_and_versions_it_comes_from(
    tmp_path: Path,
) -> None:
    written = tmp_path / "bench.json"
    assert run_all([], SCALE, write_to=written) == 0
    machine = json.loads(written.read_text())["machine"]
    assert machine["engines"].keys() == {"postgresql", "sqlite"}
    assert machine["cores"] >= 1


def test_the_reference_lists_every_benchmark_with_its_target() -> None:
    rows = [line.split(" | ") for line in REFERENCE.read_text().splitlines()]
    listed = {
        (row[0].removeprefix("| "), row[-1].removesuffix(" |"))
        for row in rows
        if row[0].startswith("| B")
    }
    assert listed == {(each.name, str(each.target)) for each in BENCHMARKS}
