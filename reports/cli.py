"""`countersign reports`: print a report into a file, without a server."""

from typing import BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.kernel.clock import parse_day
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.labels import resolve_code
from inventory.models.reconciliation import Reconciliation
from inventory.models.sites import Registration
from reports import gather_ledger, gather_reconciliation
from reports import perpetual_ledger as ledger
from reports import reconciliation as reconciled
from reports.catalogue import PERPETUAL_LEDGER, RECONCILIATION
from reports.layout import Paper

_PRINTED_BY = "the command line"

_OUT = click.option(
    "--out",
    type=click.File("wb", lazy=True, atomic=True),
    required=True,
    help="The file to write, or - for standard output.",
)
_PAPER = click.option(
    "--paper",
    type=click.Choice([paper.value for paper in Paper]),
    default=Paper.LETTER.value,
    show_default=True,
    help="The sheets to print on.",
)


@click.group()
def reports() -> None:
    """Print reports as PDF."""


@reports.command(RECONCILIATION.name)
@click.argument("reconciliation_id")
@_OUT
@_PAPER
@click.pass_obj
def print_reconciliation(
    installation: Installation, reconciliation_id: str, out: BinaryIO, paper: str
) -> None:
    """Print a reconciliation that was made, by its identifier."""
    with refusals_are_sentences(), installation.database.reading() as db:
        made = db.get(Reconciliation, reconciliation_id)
        if made is None:
            raise click.ClickException("There is no such reconciliation.")
        data = gather_reconciliation.gather(
            db, made.registration_id, made.id, prover=installation.prover
        )
    out.write(reconciled.render(data, paper=Paper(paper)))


@reports.command(PERPETUAL_LEDGER.name)
@click.argument("ndc")
@click.option("--first-day", required=True, help="Such as 2026-11-02.")
@click.option("--last-day", required=True, help="The last day, included.")
@click.option("--dea-number", help="Whose ledger, where there are several sites.")
@_OUT
@_PAPER
@click.pass_obj
def print_ledger(
    installation: Installation,
    ndc: str,
    first_day: str,
    last_day: str,
    dea_number: str | None,
    out: BinaryIO,
    paper: str,
) -> None:
    """Print the perpetual ledger of a product, by its NDC or GTIN."""
    with refusals_are_sentences(), installation.database.reading() as db:
        asked = gather_ledger.LedgerAsked(
            registration_id=_site(db, dea_number).id,
            product_id=resolve_code(db, ndc, field="ndc").product.id,
            first_day=parse_day(first_day, field="first_day"),
            last_day=parse_day(last_day, field="last_day"),
        )
        now = installation.clock.now()
        data = gather_ledger.gather(
            db,
            asked,
            generated_at=now,
            generated_by=_PRINTED_BY,
            prover=installation.prover,
        )
        out.write(ledger.render(data, paper=Paper(paper)))


def _site(db: Session, dea_number: str | None) -> Registration:
    query = select(Registration).order_by(Registration.dea_number)
    sites = db.scalars(query).all()
    chosen = [site for site in sites if dea_number in (None, site.dea_number)]
    if len(chosen) != 1:
        known = ", ".join(site.dea_number for site in sites) or "none"
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            f"Say which site with --dea-number. The books here are of: {known}.",
        )
    return chosen[0]
