"""Reports over HTTP: for programs with a token, and for people who are signed in."""

from typing import Any, Final

import flask
from flask import Response
from marshmallow import Schema

from inventory.web.downloads import Pdf, attached
from inventory.web.endpoints import Edge, downloads, make_blueprint
from inventory.web.fields import Choice, CivilDay
from inventory.web.pages import shows
from inventory.web.requests import query_fields
from reports import gather_ledger, gather_reconciliation
from reports import perpetual_ledger as ledger
from reports import reconciliation as reconciled
from reports.catalogue import PERPETUAL_LEDGER, RECONCILIATION, Report
from reports.gather_ledger import LedgerAsked
from reports.layout import Paper
from reports.masthead import Facility, Period

api: Final = make_blueprint("reports", "Printed reports, as PDF.")
pages: Final = flask.Blueprint(
    "report_pages", __name__, url_prefix="/registrations/<registration_id>/reports"
)


class PaperSchema(Schema):
    """The sheets to print on."""

    paper = Choice(Paper, load_default=Paper.LETTER)


class LedgerSchema(PaperSchema):
    """Whole civil days of the site, both included."""

    first_day = CivilDay(required=True)
    last_day = CivilDay(required=True)


def report_blueprints() -> list[flask.Blueprint]:
    """Give what the application serves of reports: for programs, and for people."""
    return [api, pages]


@downloads(
    api,
    "/reconciliations/<reconciliation_id>/report.pdf",
    RECONCILIATION.permission,
    takes=PaperSchema,
)
def get_reconciliation_report(
    edge: Edge, fields: dict[str, Any], reconciliation_id: str
) -> Pdf:
    """Print a reconciliation; the same one gives the same bytes for ever."""
    return _reconciliation(edge, reconciliation_id, **fields)


@downloads(
    api,
    "/products/<product_id>/ledger.pdf",
    PERPETUAL_LEDGER.permission,
    takes=LedgerSchema,
)
def get_ledger_report(edge: Edge, fields: dict[str, Any], product_id: str) -> Pdf:
    """Print the perpetual ledger of a product over whole days."""
    return _ledger(edge, product_id, **fields)


@shows(pages, "/reconciliations/<reconciliation_id>.pdf", RECONCILIATION.permission)
def show_reconciliation(edge: Edge, reconciliation_id: str) -> Response:
    """Print a reconciliation for someone at a browser."""
    fields = PaperSchema().load(query_fields())
    return attached(_reconciliation(edge, reconciliation_id, **fields))


@shows(pages, "/products/<product_id>/ledger.pdf", PERPETUAL_LEDGER.permission)
def show_ledger(edge: Edge, product_id: str) -> Response:
    """Print a perpetual ledger for someone at a browser."""
    fields = LedgerSchema().load(query_fields())
    return attached(_ledger(edge, product_id, **fields))


def _reconciliation(edge: Edge, reconciliation_id: str, *, paper: Paper) -> Pdf:
    data = gather_reconciliation.gather(
        edge.db, edge.registration_id, reconciliation_id
    )
    body = reconciled.render(data, paper=paper)
    return Pdf(body, _name(RECONCILIATION, data.facility, data.period))


def _ledger(edge: Edge, product_id: str, *, paper: Paper, **days: Any) -> Pdf:
    asked = LedgerAsked(
        registration_id=edge.registration_id, product_id=product_id, **days
    )
    data = gather_ledger.gather(
        edge.db, asked, generated_at=edge.clock.now(), generated_by=edge.actor.name
    )
    body = ledger.render(data, paper=paper)
    return Pdf(body, _name(PERPETUAL_LEDGER, data.facility, data.period, data.ndc))


def _name(
    report: Report, facility: Facility, period: Period, *about: str
) -> tuple[str, ...]:
    days = period.first_day.isoformat(), "to", period.last_day.isoformat()
    return (report.name, facility.dea_number, *about, *days)
