"""`countersign verify` and `countersign journal`, as an operator runs them."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from inventory.cli.root import make_cli
from inventory.db import Database
from inventory.evidence.redaction import RedactText, redact_text
from inventory.journal import book, verifier
from inventory.kernel.clock import FrozenClock
from inventory.reconciliation.commands import Reconcile, reconcile
from reports.cli import reports
from tests.faults.tamper.sites import Site, open_site

ENGINES = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
LATER = FrozenClock(datetime(2026, 11, 4, 14, 0, tzinfo=UTC))


class Operator:
    """Runs commands over the books of a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.cli = make_cli([reports])

    def run(self, *arguments: object) -> Result:
        return CliRunner().invoke(self.cli, [str(each) for each in arguments])

    def as_outsider(self, *files: Path) -> tuple[int, str]:
        """Run the verifier alone, with a policy from elsewhere."""
        policy = self.folder / "policy"
        policy.write_text(self.site.policy(), encoding="utf-8")
        program = [sys.executable, "-I", verifier.__file__, "--policy", str(policy)]
        answer = subprocess.run(
            [*program, *map(str, files)], check=False, capture_output=True, text=True
        )
        return answer.returncode, answer.stdout


@pytest.fixture
def operator(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Operator:
    """An operator of an installation where a day's work was done."""
    data, handed_out = tmp_path / "data", tmp_path / "handed out"
    data.mkdir()
    handed_out.mkdir()
    site = open_site(database, data / "checkpoints", sessions=2)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", database_url)
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(data))
    monkeypatch.setenv("COUNTERSIGN_LOG_KEY", site.pem())
    return Operator(site, handed_out)


def test_books_are_verified_with_what_the_witness_folder_holds(
    operator: Operator, database: Database
) -> None:
    result = operator.run("verify")
    assert result.exit_code == 0, result.output
    assert f"OK: {len(operator.site.bodies)} entries are sound." in result.output
    with database.transaction() as db:
        db.execute(text("UPDATE people SET name = 'Somebody Else' WHERE initials='PO'"))
    result = operator.run("verify")
    assert result.exit_code == 1
    assert "TAMPERED" in result.output
    assert "name is Somebody Else, and was Pat Okafor" in result.output


def test_a_redacted_text_is_no_alteration(
    operator: Operator, database: Database
) -> None:
    site = operator.site
    with database.transaction() as db:
        [opened] = [
            event
            for event in book.read(db, site.book_id)
            if event.tag == "session:opened"
        ][:1]
        command = RedactText(
            registration_id=site.book_id,
            event_id=opened.id,
            name="protocol",
            reason="It named the patient.",
        )
        redact_text(db, command, actor=site.people["olga"], clock=LATER)
    assert operator.run("verify").exit_code == 0


def test_a_text_that_is_gone_without_an_entry_is_not_verified(
    operator: Operator, database: Database
) -> None:
    with database.transaction() as db:
        db.execute(text("UPDATE event_texts SET salt = NULL, text = NULL"))
    result = operator.run("verify")
    assert result.exit_code == 2
    assert "free texts are gone without an entry" in result.output


def test_a_journal_goes_out_and_comes_in(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = operator.folder / "book.journal"
    result = operator.run("journal", "export", path)
    assert result.exit_code == 0, result.output
    code, said = operator.as_outsider(path)
    assert (code, said.splitlines()[0]) == (0, "OK")
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    result = operator.run("journal", "import", path)
    assert result.exit_code == 0, result.output
    assert operator.run("verify").exit_code == 0
    assert operator.run("journal", "import", path).exit_code == 1


@ENGINES
def test_the_journal_of_a_period_goes_out(operator: Operator) -> None:
    path = operator.folder / "days.journal"
    days = ("--from", "2026-11-02", "--to", "2026-11-02", "--no-texts")
    result = operator.run("journal", "export", path, *days)
    assert result.exit_code == 0, result.output
    assert operator.as_outsider(path)[0] == 0
    assert b'{"name":' not in path.read_bytes()


@ENGINES
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-11-02"), "Give both --from and --to"),
        (("--from", "2027-01-01", "--to", "2027-01-02"), "Nothing was recorded"),
        (("--book", "reg_unknown"), "Say which book with --book"),
    ],
)
def test_a_period_or_book_that_is_not_there_is_refused(
    operator: Operator, arguments: tuple[str, ...], said: str
) -> None:
    path = operator.folder / "none.journal"
    result = operator.run("journal", "export", path, *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert not path.exists()


@ENGINES
def test_an_entry_is_proven_by_its_number(
    operator: Operator, database: Database
) -> None:
    query = "SELECT min(position) FROM events WHERE tag = 'receipt:recorded'"
    with database.reading() as db:
        number = db.scalar(text(query))
    path = operator.folder / "entry.proof"
    path.write_text(operator.run("journal", "prove", number).output, encoding="utf-8")
    code, said = operator.as_outsider(path)
    assert code == 0, said
    assert '"tag": "receipt:recorded"' in said
    assert operator.run("journal", "prove", 10_000).exit_code == 1


@ENGINES
def test_a_printed_reconciliation_proves_its_entry(
    operator: Operator, database: Database
) -> None:
    site, day = operator.site, date(2026, 11, 2)
    command = Reconcile(registration_id=site.book_id, first_day=day, last_day=day)
    with database.transaction() as db:
        made = reconcile(db, command, actor=site.people["olga"], clock=LATER)
    pdf = operator.folder / "report.pdf"
    printed = operator.run(
        "reports", "reconciliation", made.reconciliation_id, "--out", pdf
    )
    assert printed.exit_code == 0, printed.output
    code, said = operator.as_outsider(pdf)
    assert code == 0, said
    assert '"tag": "reconciliation:completed"' in said
    raw = pdf.read_bytes()
    at = raw.index(b"extra ") + 100
    pdf.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    assert operator.as_outsider(pdf)[0] != 0
