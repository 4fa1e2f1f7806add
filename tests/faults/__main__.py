"""Break things on purpose: `./run faults [names] [--quick] [--seed N]`.

Prints a row as soon as a trial has ended. The exit code is 0 if every trial held and
every control was caught.
"""

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence
from random import Random, SystemRandom
from typing import Final

import structlog

from tests.bench.machine import git_output
from tests.faults.arena import Arena
from tests.faults.table import heading, row_text
from tests.faults.trial import Outcome, Scale, Trial
from tests.faults.trials import TRIALS

FULL: Final = Scale(kills=50, acks=10_000, crashes=5, losses=300, kinds=6)
QUICK: Final = Scale(kills=4, acks=200, crashes=2, losses=20, kinds=1)
_SEEDS: Final = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Run the trials that the command line asks for; give the exit code."""
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    known = [trial.name for trial in TRIALS]
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="fewer faults")
    parser.add_argument("--seed", type=int, help="plan the same faults again")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.names) - set(known)):
        parser.error(f"no such trial: {', '.join(unknown)}")
    chosen = [each for each in TRIALS if not asked.names or each.name in asked.names]
    seed = SystemRandom().randrange(_SEEDS) if asked.seed is None else asked.seed
    return run_all(chosen, QUICK if asked.quick else FULL, seed=seed)


def run_all(trials: Sequence[Trial], scale: Scale, *, seed: int) -> int:
    """Run trials and print their rows; 0 if none failed."""
    _drop_logs()
    changed = " and uncommitted changes" if git_output("status", "--porcelain") else ""
    _say(f"seed {seed}, commit {git_output('rev-parse', 'HEAD') or 'unknown'}{changed}")
    _say(heading())
    failed = False
    with Arena() as arena:
        for trial in trials:
            chance = Random(f"{seed} {trial.name}")  # noqa: S311 - no secret
            outcome = _outcome(trial, arena, scale, chance)
            why = trial.fails(outcome, scale)
            failed = failed or bool(why)
            _say(row_text(trial, outcome, why))
    return int(failed)


def _outcome(trial: Trial, arena: Arena, scale: Scale, chance: Random) -> Outcome:
    """Run a trial; one that breaks says so in its row, and the others go on."""
    try:
        return trial.run(arena, scale, chance)
    except Exception as error:  # noqa: BLE001 - any error is this trial's outcome
        traceback.print_exc()
        return Outcome(faults=0, broken=f"{type(error).__name__}: {error}")


def _drop_logs() -> None:
    """Keep quiet about failures: all of them are on purpose."""
    logging.disable()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(default=str)],
        logger_factory=structlog.testing.ReturnLoggerFactory(),
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
