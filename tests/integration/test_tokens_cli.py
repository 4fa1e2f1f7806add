"""A person issues a token on the command line, as narrow as its program needs."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from inventory.cli.installation import Installation
from inventory.cli.root import make_cli
from inventory.models.credentials import ApiToken
from tests.clinic import PASSWORD, Clinic


@pytest.fixture(autouse=True)
def _installed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Make the clinic's books those of this installation."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", database_url)
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "data"))


def _issue(clinic: Clinic, *narrower: str) -> Result:
    issuing = ("people", "token", "pat", "--label", "scanner", "--password", PASSWORD)
    installation = Installation(clock=clinic.clock)
    return CliRunner().invoke(make_cli(), [*issuing, *narrower], obj=installation)


def test_a_token_is_issued_for_one_site_and_few_permissions(clinic: Clinic) -> None:
    here = clinic.registration_id
    result = _issue(clinic, "--site", here, "--allow", "receive", "--allow", "count")
    assert result.exit_code == 0, result.output
    with clinic.database.reading() as db:
        token = db.scalars(select(ApiToken)).one()
    assert (token.registration_id, token.permissions) == (here, "count receive")


def test_a_token_is_issued_for_all_that_its_owner_may(clinic: Clinic) -> None:
    assert _issue(clinic).exit_code == 0
    with clinic.database.reading() as db:
        token = db.scalars(select(ApiToken)).one()
    assert (token.registration_id, token.permissions) == (None, None)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_token_for_what_its_owner_may_not_is_refused(clinic: Clinic) -> None:
    site = _issue(clinic, "--site", clinic.elsewhere_id)
    assert (site.exit_code, "no such registration" in site.output) == (1, True)
    allowed = _issue(clinic, "--allow", "reconcile")
    assert (allowed.exit_code, "Leave out what" in allowed.output) == (1, True)
