"""`countersign init` sets up a real clinic, `countersign demo` an invented one."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import schema
from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.demo.clinic import PASSWORD
from inventory.demo.diary import Demonstration, demonstrate
from inventory.kernel.actors import Role
from inventory.models.sites import Registration
from inventory.people.rules import is_stock_role
from inventory.programs.commands import IssueToken, issue_token
from inventory.setup.commands import ClinicFounded, found_clinic
from inventory.setup.plan import ClinicPlan
from inventory.setup.schemas import plan_from, plan_from_toml
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis

NOTES_FILE = "demonstration.txt"
SETUP_PATH = "/set-up/"
_DEMO_TOKENS = ("pat", "olga")
_TOKEN_DAYS = 90


@click.command()
@click.option(
    "--from",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the clinic from a TOML file instead of asking.",
)
@click.pass_obj
def init(installation: Installation, plan_file: Path | None) -> None:
    """Set up a clinic: its registration, places and people."""
    with refusals_are_sentences():
        plan = plan_from_toml(plan_file) if plan_file else _asked()
        schema.upgrade(installation.settings.database_url)
        with installation.database.transaction() as db:
            founded = found_clinic(
                db, plan, clock=installation.clock, passwords=installation.passwords
            )
    _tell(plan, founded)


@click.command()
@click.pass_obj
def demo(installation: Installation) -> None:
    """Load the demonstration clinic into empty books."""
    schema.upgrade(installation.settings.database_url)
    with installation.database.reading() as db:
        if has_a_site(db):
            raise click.ClickException(
                "There is a site in these books already. The demonstration needs "
                "empty ones: choose another --data or COUNTERSIGN_DATA_DIR."
            )
    load_demonstration(installation)


def has_a_site(db: Session) -> bool:
    """Tell whether the books belong to somebody already."""
    return db.scalar(select(Registration.id).limit(1)) is not None


def load_demonstration(installation: Installation) -> None:
    """Make the three months, and note how to get in beside the books."""
    click.echo("Making three months of a demonstration clinic", nl=False)
    made = demonstrate(
        installation.database, clock=installation.clock, progress=_show_week
    )
    click.echo(" done.")
    path = installation.settings.data_dir / NOTES_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as notes:
        notes.write(_notes(installation, made))


def _show_week(day: date) -> None:
    if day.weekday() == 0:
        click.echo(".", nl=False)


def _notes(installation: Installation, made: Demonstration) -> str:
    clinic = made.clinic
    here = clinic.registration_id
    tokens = []
    with installation.database.transaction() as db:
        for name in _DEMO_TOKENS:
            actor = clinic.people[name]
            command = IssueToken(
                person_id=actor.id, label="demonstration", valid_days=_TOKEN_DAYS
            )
            issued = issue_token(db, command, actor=actor, clock=installation.clock)
            tokens.append(f"  {name:<8}{issued.secret}")
    people = [
        f"  {name:<8}{actor.name}, {', '.join(_roles(actor.roles[here]))}"
        for name, actor in clinic.people.items()
    ]
    return "\n".join(
        [
            "Sign-in names of the demonstration, all with the password",
            f"  {PASSWORD}",
            *people,
            "API tokens (Authorization: Bearer ...)",
            *tokens,
            "Reports",
            f"  {{address}}{_report_path(here, made.reconciliation_id)}",
            "",
        ]
    )


def _report_path(registration_id: str, reconciliation_id: str) -> str:
    return (
        f"/registrations/{registration_id}/reports/"
        f"reconciliations/{reconciliation_id}.pdf"
    )


def _roles(roles: frozenset[Role]) -> list[str]:
    return sorted(role.value.replace("_", " ") for role in roles)


def _asked() -> ClinicPlan:
    """Ask for one registration, one place and one administrator; the rest is later."""
    click.echo("The registration, as on its certificate:")
    registration = {
        "name": click.prompt("  Name"),
        "dea_number": click.prompt("  DEA number"),
        "address": click.prompt("  Address"),
        "facility_type": _choice("  Kind of facility", FacilityType),
        "record_basis": _choice("  Why records are kept", RecordBasis),
        "time_zone": click.prompt("  Time zone", default="America/New_York"),
    }
    locations: list[dict[str, str]] = []
    people: list[dict[str, Any]] = []
    click.echo("The places that hold stock:")
    while not locations or click.confirm("Another place?", default=False):
        locations.append(
            {
                "name": click.prompt("  Name", default="Vault"),
                "kind": _choice("  Kind", LocationKind),
                "lock_class": _choice("  Lock", LockClass),
            }
        )
    click.echo("The people; an administrator and a manager, or officer, among them:")
    while not people or click.confirm("Another person?", default=True):
        people.append(_asked_person())
    return plan_from(
        {"registration": registration, "locations": locations, "people": people}
    )


def _asked_person() -> dict[str, Any]:
    person: dict[str, Any] = {
        "sign_in_name": click.prompt("  Sign-in name"),
        "name": click.prompt("  Printed name"),
        "initials": click.prompt("  Initials"),
    }
    role = Role(_choice("  Role", Role))
    person["roles"] = [role.value]
    if is_stock_role(role):
        person["screened_on"] = click.prompt("  Screened on (such as 2026-10-12)")
        person["trained_until"] = click.prompt("  Trained until")
    if role is Role.INSPECTOR:
        person["visits_until"] = click.prompt("  Last day of the visit")
    return person


def _choice(question: str, kinds: Any) -> str:
    choices = click.Choice([kind.value for kind in kinds])
    answer: str = click.prompt(question, type=choices)
    return answer


def _tell(plan: ClinicPlan, founded: ClinicFounded) -> None:
    click.echo(f"{plan.registration.name} is set up: {founded.registration_id}")
    for name, place in founded.locations.items():
        click.echo(f"  place {name}: {place}")
    for name, secret in founded.links.items():
        click.echo(f"  {name}: set-up link, good for a day: {SETUP_PATH}{secret}")
    click.echo(
        "Each link is shown only now. Hand it to its person, who opens it at the"
    )
    click.echo("address of this service and sets a password that nobody else knows.")
    click.echo("Next: take the initial inventory; the first receipt needs it.")
