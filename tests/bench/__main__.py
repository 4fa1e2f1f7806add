"""Run benchmarks: `./run bench [names] [--quick]`.

Prints a row as soon as it is measured and writes `build/bench.json` at the end. The
exit code is 0 if every benchmark met its target.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from tests.bench.catalogue import BENCHMARKS
from tests.bench.machine import ROOT
from tests.bench.measure import Scale
from tests.bench.runner import run_all

FULL: Final = Scale(rounds=7, posts=160)
QUICK: Final = Scale(rounds=7, posts=32)
DOCUMENT: Final = ROOT / "build" / "bench.json"


def main(arguments: Sequence[str]) -> int:
    """Measure what the command line asks for; give the exit code."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    known = [benchmark.name for benchmark in BENCHMARKS]
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="less work, more noise")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.names) - set(known)):
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    chosen = [
        each for each in BENCHMARKS if not asked.names or each.name in asked.names
    ]
    return run_all(chosen, QUICK if asked.quick else FULL, write_to=DOCUMENT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
