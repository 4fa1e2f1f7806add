"""Keys and checkpoints on the command line, as an operator meets them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inventory.cli.root import make_cli
from inventory.evidence.keys import KEY_FILE, KNOWN_FILE
from inventory.journal.notes import Checkpoint, Verifier, open_note

ROOT = Path(__file__).parents[2]
PLAN = """
[registration]
name = "Harbor Infusion Clinic"
dea_number = "BB1388568"
address = "1 Harbor Street, Springfield, NY 10001"
facility_type = "infusion_clinic"
record_basis = "regularly_administers_and_charges"
time_zone = "America/New_York"

[[locations]]
name = "Vault"
kind = "vault"
lock_class = "vault"

[[people]]
sign_in_name = "ada"
name = "Ada Lindqvist"
initials = "AL"
roles = ["administrator"]

[[people]]
sign_in_name = "mona"
name = "Mona Silva"
initials = "MS"
roles = ["manager"]
"""


@pytest.fixture
def data(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of an installation with one clinic."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", database_url)
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "data"))
    plan = tmp_path / "clinic.toml"
    plan.write_text(PLAN)
    assert _run("init", "--from", str(plan)).exit_code == 0
    return tmp_path / "data"


def _run(*words: str) -> Result:
    return CliRunner().invoke(make_cli(), list(words))


def _keys() -> list[Verifier]:
    return [Verifier.read(line) for line in _run("keys", "show").output.splitlines()]


def _held(data: Path) -> list[str]:
    """Give the notes that the directory witness holds."""
    return [path.read_text() for path in (data / "checkpoints").rglob("*.*")]


def test_the_key_is_there_from_the_beginning(data: Path) -> None:
    names = sorted(path.name for path in (data / "keys").iterdir())
    assert names == [KNOWN_FILE, KEY_FILE]
    [key] = _keys()
    assert key.name.startswith("countersign/reg_")


def test_a_rotation_is_told_and_the_old_key_still_shown(data: Path) -> None:
    [before] = _keys()
    rotated = _run("keys", "rotate")
    assert rotated.exit_code == 0
    assert "countersign keys show" in rotated.output
    after, old = _keys()
    assert (old, after.name) == (before, before.name)
    assert after.public_key != before.public_key
    (data / "keys" / KEY_FILE).unlink()
    lost = _run("keys", "show")
    assert lost.exit_code == 1
    assert "countersign keys rotate" in lost.output
    assert _run("keys", "rotate").exit_code == 0
    assert _keys()[1:] == [before, after]


def test_the_job_signs_and_hands_out_once(data: Path) -> None:
    first = _run("jobs", "run", "checkpoint")
    assert (first.exit_code, first.exception) == (0, None), first.output
    assert "checkpoint at" in first.output
    [note] = _held(data)
    stated = Checkpoint.read(open_note(note, _keys()).text)
    assert f"checkpoint at {stated.size};" in first.output
    again = _run("jobs", "run", "checkpoint")
    assert (again.exit_code, _held(data)) == (0, [note])
    assert "nothing is due" in again.output


def test_the_worker_signs_until_it_is_stopped(data: Path) -> None:
    command = [sys.executable, str(ROOT / "wsgi.py"), "jobs", "work", "--every", "1"]
    worker = subprocess.Popen(
        command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    deadline = time.monotonic() + 60
    while not _held(data) and time.monotonic() < deadline and worker.poll() is None:
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    printed, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0, printed.decode()
    assert "checkpoint at" in printed.decode()
    [note] = _held(data)
    assert Checkpoint.read(open_note(note, _keys()).text).size > 0
