"""Reports on the command line: a file, or one sentence and no file."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inventory.cli.installation import Installation
from inventory.db import Database
from inventory.kernel.clock import Clock
from reports.cli import reports
from tests.reports.samples import pages_of
from tests.reports.ward import Ward
from tests.signing import LOG_KEYS

DAY = ("--first-day", "2026-11-02", "--last-day", "2026-11-02")
HERE = ("--dea-number", "BB1388568")


class _Opened(Installation):
    """An installation whose books are open already."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.__dict__["database"] = database
        self.__dict__["log_keys"] = LOG_KEYS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "report.pdf"


def _run(ward: Ward, *words: str) -> Result:
    installation = _Opened(ward.clinic.database, ward.clinic.clock)
    return CliRunner().invoke(reports, words, obj=installation)


def test_a_reconciliation_is_printed_into_a_file(ward: Ward, file: Path) -> None:
    made = ward.reconcile_short_of_a_vial()
    result = _run(ward, "reconciliation", made, "--out", str(file))
    assert (result.exit_code, result.output) == (0, "")
    assert "SHORT: 1 container missing" in pages_of(file.read_bytes())[0]


def test_a_ledger_is_printed_by_ndc(ward: Ward, file: Path) -> None:
    ward.work()
    words = ("ledger", "42023-0114-10", *DAY, *HERE, "--paper", "a4")
    result = _run(ward, *words, "--out", str(file))
    assert (result.exit_code, result.output) == (0, "")
    text = " ".join(pages_of(file.read_bytes()))
    assert "These 4 lines add up to what the books hold" in text
    assert "by the command line" in text


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("reconciliation", "rec_1"), "There is no such reconciliation."),
        (("ledger", "42023-114-10", *DAY), "of: AP5836727, BB1388568."),
        (("ledger", "42023-114-10", *DAY, "--dea-number", "X"), "Say which site"),
        (("ledger", "42023-114-99", *DAY, *HERE), "ndc: No product"),
        (("ledger", "42023-114-10", *DAY, *HERE), "never held this product"),
        (
            ("ledger", "42023-114-10", *DAY[:2], "--last-day", "yesterday", *HERE),
            "last_day: This is no day",
        ),
    ],
)
def test_what_cannot_be_printed_is_told_and_leaves_no_file(
    ward: Ward, file: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = _run(ward, *words, "--out", str(file))
    assert result.exit_code == 1
    assert sentence in result.output
    assert not file.exists()
