"""`countersign people`: people and their tokens on the command line.

Whoever may run these owns the installation: their entries name the program.
"""

from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.cli.setup import SETUP_PATH
from inventory.cli.tokens import token
from inventory.kernel.actors import Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Membership, Person
from inventory.people.access_report import PersonAccess, report_access
from inventory.people.commands import MakeSetupLink, make_setup_link
from inventory.people.commands.founding import GrantRole, appoint, founder


@click.group()
def people() -> None:
    """Look after people, their access and their tokens."""


people.add_command(token)


@people.command()
@click.argument("sign_in_name")
@click.option("--site", help="The registration, if they stand in the register of more.")
@click.pass_obj
def link(installation: Installation, sign_in_name: str, site: str | None) -> None:
    """Make a set-up link for somebody without a password; it is shown once."""
    with refusals_are_sentences(), installation.database.transaction() as db:
        here, person_id = _member(db, sign_in_name, site)
        command = MakeSetupLink(registration_id=here, person_id=person_id)
        issued = make_setup_link(
            db, command, actor=founder(here), clock=installation.clock
        )
    click.echo(f"{SETUP_PATH}{issued.secret}")


@people.command(name="appoint")
@click.argument("sign_in_name")
@click.option(
    "--role",
    required=True,
    type=click.Choice([Role.ADMINISTRATOR.value, Role.MANAGER.value]),
)
@click.option("--site", help="The registration, if they stand in the register of more.")
@click.pass_obj
def appoint_person(
    installation: Installation, sign_in_name: str, role: str, site: str | None
) -> None:
    """Give a site its administrator or manager back, when nobody there is left."""
    with refusals_are_sentences(), installation.database.transaction() as db:
        here, person_id = _member(db, sign_in_name, site)
        command = GrantRole(registration_id=here, person_id=person_id, role=Role(role))
        appoint(db, command, clock=installation.clock)
    click.echo(f"{sign_in_name} is {role} now")


@people.command()
@click.option("--site", required=True, help="The registration, by its identifier.")
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.pass_obj
def access(installation: Installation, site: str, day: datetime) -> None:
    """Tell who could do what at the end of a day, by the journal (AC-23)."""
    with refusals_are_sentences(), installation.database.reading() as db:
        now = installation.clock.now()
        report = report_access(db, site, day.date(), now=now)
    click.echo(f"At the end of {report.on}, by entry {report.position} of the book:")
    for person in report.people:
        for line in _lines(person):
            click.echo(line)


def _lines(person: PersonAccess) -> list[str]:
    roles = ", ".join(held.role.value for held in person.roles) or "no role"
    standing = ", disabled" if person.disabled_at else ""
    lines = [f"{person.name} ({person.initials}): {roles}{standing}"]
    if person.could:
        lines.append(f"  could: {', '.join(person.could)}")
    if person.lapses and person.roles:
        lines.append(f"  lapsed: {', '.join(person.lapses)}")
    return lines


def _member(db: Session, sign_in_name: str, site: str | None) -> tuple[str, str]:
    """Find a person in the register of a site, or of the only one.

    Raises:
        InventoryError: NOT_FOUND; INVALID_FIELD without the one of several sites.
    """
    query = (
        select(Membership.registration_id, Person.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.sign_in_name == sign_in_name)
        .order_by(Membership.registration_id)
    )
    if site is not None:
        query = query.where(Membership.registration_id == site)
    found = db.execute(query).all()
    if not found:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            f"Nobody here is called {sign_in_name}. Check the name.",
        )
    if len(found) > 1:
        sites = ", ".join(row.registration_id for row in found)
        raise InventoryError(
            ErrorCode.INVALID_FIELD, f"Say which site, by --site: {sites}."
        )
    return found[0].registration_id, found[0].id
