"""Runs benchmarks one by one; shows their rows, keeps them, and gives an exit code."""

import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.bench.benchmark import Benchmark, Row, Verdict
from tests.bench.databases import Databases
from tests.bench.machine import facts
from tests.bench.measure import Scale
from tests.bench.table import document, heading, row_text


def run_all(benchmarks: Sequence[Benchmark], scale: Scale, *, write_to: Path) -> int:
    """Measure benchmarks, print each row as it comes, and write the document.

    Returns:
        0 if every benchmark met its target.
    """
    rows: list[Row] = []
    _say(heading())
    with Databases() as databases:
        for benchmark in benchmarks:
            rows.append(run(benchmark, databases, scale))
            _say(row_text(rows[-1]))
        found = document(rows, facts(databases))
    write_to.parent.mkdir(parents=True, exist_ok=True)
    write_to.write_text(f"{json.dumps(found, indent=2)}\n")
    return int(any(row.verdict is not Verdict.MET for row in rows))


def run(benchmark: Benchmark, databases: Databases, scale: Scale) -> Row:
    """Measure a benchmark; one that fails says so in its row, and others go on."""
    try:
        figures = benchmark.measure(databases, scale)
    except Exception as error:  # noqa: BLE001 - any error is this benchmark's result
        traceback.print_exc()
        failure = f"{type(error).__name__}: {error}"
        return Row(benchmark=benchmark, failure=failure)
    return Row(benchmark=benchmark, figures=figures)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
