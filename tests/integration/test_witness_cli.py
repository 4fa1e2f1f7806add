"""`countersign witness serve` runs as a program and remembers over a restart."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from inventory.cli import make_cli
from inventory.evidence.witnesses.http_client import HttpWitness
from inventory.evidence.witnesses.own_key import new_signer
from inventory.journal.notes import Verifier
from inventory.kernel.clock import SystemClock
from tests.logs import ORIGIN, Log

ROOT = Path(__file__).parents[2]
LOG = Log()
KEYS = [LOG.signer.verifier]


@contextmanager
def _serving(folder: Path, *more: str) -> Iterator[HttpWitness]:
    words = ("witness", "serve", "--port", "0", "--data", str(folder))
    command = [sys.executable, "wsgi.py", *words, "--log-key", str(KEYS[0]), *more]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        said = program.stdout.readline() + program.stdout.readline()
        found = re.search(r"at (http://\S+)\nIts key: (\S+)\n", said)
        assert found, said
        key = Verifier.read(found[2])
        yield HttpWitness(found[1], own_key=key, clock=SystemClock())
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=10)


def test_it_remembers_over_a_kill(tmp_path: Path) -> None:
    with _serving(tmp_path / "w", "--name", "clinic-b.example/w1") as witness:
        assert witness.name == "clinic-b.example/w1"
        witness.hold(LOG.submission(5))
    with _serving(tmp_path / "w") as again:
        assert again.recall(ORIGIN, KEYS) == LOG.checkpoint(5)
        again.hold(LOG.submission(9))


@pytest.mark.parametrize(
    ("key", "more", "reason"),
    [
        (str(KEYS[0]), (), "Name it with --name"),
        ("nonsense", (), "nonsense"),
        (str(new_signer("w").verifier), (), "key of a witness"),
        (str(KEYS[0]), ("--name", "two words"), "no spaces"),
    ],
    ids=["an origin alone", "nonsense", "a key of a witness", "a name with blanks"],
)
def test_what_cannot_work_is_said_in_a_sentence(
    tmp_path: Path, key: str, more: tuple[str, ...], reason: str
) -> None:
    words = ["witness", "serve", "--port", "0", "--data", str(tmp_path), "--log-key"]
    result = CliRunner().invoke(make_cli(), [*words, key, *more])
    assert result.exit_code in (1, 2)
    assert reason in result.output
    assert "Traceback" not in result.output
