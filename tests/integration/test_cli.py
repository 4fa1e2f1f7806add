"""The command line does what it says, and refuses in one sentence."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from inventory import schema
from inventory.cli.root import make_cli

PLAN = """
[registration]
name = "Harbor Infusion Clinic"
dea_number = "{dea_number}"
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
roles = ["{role}"]

[[people]]
sign_in_name = "pat"
name = "Pat Okafor"
initials = "PO"
roles = ["pharmacist"]
screened_on = 2026-10-12
trained_until = 2099-10-31
{more}

[[people]]
sign_in_name = "mona"
name = "Mona Reyes"
initials = "MR"
roles = ["{approver}"]
"""
PASSWORD = "correct horse battery staple"
ANSWERS = [
    "Hill Veterinary",
    "AP5836727",
    "2 Hill Road, Springfield, NY 10002",
    "veterinary",
    "dispenser",
    "America/New_York",
    "Safe",
    "safe",
    "safe",
    "n",
    "ada",
    "Ada Lindqvist",
    "AL",
    "administrator",
    "y",
    "olga",
    "Olga Brandt",
    "OB",
    "compliance_officer",
    "2026-10-12",
    "2099-10-31",
    "n",
]


class CommandLine:
    """Runs commands as an operator would, in a directory of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cli = make_cli()

    def run(self, *arguments: str, answers: list[str] | None = None) -> Result:
        text = "\n".join(answers) + "\n" if answers else None
        return CliRunner().invoke(self.cli, list(arguments), input=text)

    def plan(
        self,
        *,
        dea_number: str = "BB1388568",
        role: str = "administrator",
        approver: str = "manager",
        more: str = "",
    ) -> str:
        path = self.folder / "clinic.toml"
        plan = PLAN.format(
            dea_number=dea_number, role=role, approver=approver, more=more
        )
        path.write_text(plan)
        return str(path)


@pytest.fixture
def operator(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """An operator of an installation on this engine."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", database_url)
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "data"))
    return CommandLine(tmp_path)


def test_help_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_PORT", "not a port")
    result = CliRunner().invoke(make_cli(), ["--help"])
    assert result.exit_code == 0
    assert "serve" in result.output


def test_bad_settings_are_named_in_one_sentence(
    operator: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_PORT", "not a port")
    result = operator.run("db", "current")
    assert result.exit_code == 1
    assert "COUNTERSIGN_PORT" in result.output


def test_a_clinic_is_set_up_from_a_file(operator: CommandLine) -> None:
    result = operator.run("init", "--from", operator.plan())
    assert result.exit_code == 0, result.output
    assert "Harbor Infusion Clinic is set up" in result.output
    assert result.output.count("/set-up/") == 3


def test_the_clinic_of_the_guide_is_set_up(operator: CommandLine) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "set-up-a-clinic.md"
    plan = operator.folder / "guide.toml"
    text = guide.read_text(encoding="utf-8")
    plan.write_text(text.split("```toml")[1].split("```")[0])
    result = operator.run("init", "--from", str(plan))
    assert result.exit_code == 0, result.output


def test_a_clinic_is_set_up_by_questions(operator: CommandLine) -> None:
    result = operator.run("init", answers=ANSWERS)
    assert result.exit_code == 0, result.output
    assert "Hill Veterinary is set up" in result.output


def test_a_mistake_in_the_file_names_its_field_and_keeps_nothing(
    operator: CommandLine,
) -> None:
    refused = operator.run("init", "--from", operator.plan(role="owner"))
    assert refused.exit_code == 1
    assert "people.0.roles.0" in refused.output
    refused = operator.run("init", "--from", operator.plan(dea_number="BB1388567"))
    assert refused.exit_code == 1
    assert "dea_number" in refused.output
    assert operator.run("init", "--from", operator.plan()).exit_code == 0


def test_somebody_must_administer(operator: CommandLine) -> None:
    refused = operator.run("init", "--from", operator.plan(role="manager"))
    assert refused.exit_code == 1
    assert "administrator" in refused.output


def test_somebody_else_must_approve(operator: CommandLine) -> None:
    refused = operator.run("init", "--from", operator.plan(approver="administrator"))
    assert refused.exit_code == 1
    assert "must approve" in refused.output


@pytest.mark.parametrize("missing", ["screened_on", "trained_until"])
def test_who_touches_stock_is_screened_and_trained(
    operator: CommandLine, missing: str
) -> None:
    path = Path(operator.plan())
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(missing)]
    path.write_text("\n".join(kept))
    refused = operator.run("init", "--from", str(path))
    assert refused.exit_code == 1
    assert f"people.1.{missing}" in refused.output


def test_nobody_accepts_the_policy_for_who_gets_a_link(operator: CommandLine) -> None:
    plan = operator.plan(more="accepted_policy = true")
    refused = operator.run("init", "--from", plan)
    assert refused.exit_code == 1
    assert "people.1.accepted_policy" in refused.output


def test_a_link_is_made_anew_for_who_has_no_password(operator: CommandLine) -> None:
    founded = operator.run("init", "--from", operator.plan()).output
    link = operator.run("people", "link", "pat")
    assert link.exit_code == 0, link.output
    assert link.output.startswith("/set-up/")
    assert link.output.strip() not in founded


def test_nobody_gets_a_link_while_they_have_a_password(operator: CommandLine) -> None:
    plan = operator.plan(more=f'password = "{PASSWORD}"')
    operator.run("init", "--from", plan)
    refused = operator.run("people", "link", "pat")
    assert refused.exit_code == 1
    assert "already_exists" in refused.output


def test_a_link_for_nobody_is_refused(operator: CommandLine) -> None:
    operator.run("init", "--from", operator.plan())
    refused = operator.run("people", "link", "nobody")
    assert refused.exit_code == 1
    assert "Nobody here is called nobody" in refused.output


def test_nobody_is_appointed_while_somebody_is_left(operator: CommandLine) -> None:
    operator.run("init", "--from", operator.plan())
    refused = operator.run("people", "appoint", "pat", "--role", "manager")
    assert refused.exit_code == 1
    assert "still somebody" in refused.output


def test_the_access_of_a_day_is_told(operator: CommandLine) -> None:
    founded = operator.run("init", "--from", operator.plan()).output
    site = founded.split("is set up: ")[1].split()[0]
    today = datetime.now(ZoneInfo("America/New_York")).date().isoformat()
    told = operator.run("people", "access", "--site", site, "--on", today)
    assert told.exit_code == 0, told.output
    assert "Pat Okafor (PO): pharmacist" in told.output
    assert "lapsed: policy_not_accepted" in told.output
    assert "could: approve_access" in told.output


def test_the_same_registration_is_not_set_up_twice(operator: CommandLine) -> None:
    operator.run("init", "--from", operator.plan())
    again = operator.run("init", "--from", operator.plan())
    assert again.exit_code == 1
    assert "already" in again.output


def test_a_person_issues_a_token_for_themselves(operator: CommandLine) -> None:
    plan = operator.plan(more=f'password = "{PASSWORD}"')
    operator.run("init", "--from", plan)
    issuing = ("people", "token", "pat", "--label", "scanner", "--password")
    issued = operator.run(*issuing, PASSWORD)
    assert issued.exit_code == 0, issued.output
    assert issued.output.startswith("cst_")
    refused = operator.run(*issuing, "somebody else's password")
    assert refused.exit_code == 1
    assert "do not belong together" in refused.output


def test_the_nightly_job_runs_a_period_once(operator: CommandLine) -> None:
    operator.run("init", "--from", operator.plan())
    first = operator.run("jobs", "run", "reconcile")
    assert first.exit_code == 0, first.output
    assert ": ran rec_" in first.output
    second = operator.run("jobs", "run", "reconcile")
    assert ": already_run rec_" in second.output


def test_the_nightly_job_says_when_nothing_is_set_up(operator: CommandLine) -> None:
    refused = operator.run("jobs", "run", "reconcile")
    assert refused.exit_code == 1
    assert "countersign init" in refused.output


def test_a_database_of_another_version_is_refused_until_it_is_upgraded(
    operator: CommandLine, database_url: str
) -> None:
    schema.downgrade(database_url, "-1")
    refused = operator.run("jobs", "run", "reconcile")
    assert refused.exit_code == 1
    assert "countersign db upgrade" in refused.output
    assert operator.run("db", "upgrade").exit_code == 0
    head = schema.head_revision()
    assert f"database {head}, needed {head}" in operator.run("db", "current").output


def test_the_demonstration_wants_empty_books(operator: CommandLine) -> None:
    operator.run("init", "--from", operator.plan())
    refused = operator.run("demo")
    assert refused.exit_code == 1
    assert "empty ones" in refused.output
