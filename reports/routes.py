"""Reports and proofs over HTTP: for programs, and for people who are signed in."""

from datetime import timedelta
from typing import Any, Final

import flask
from flask import Response
from marshmallow import Schema, ValidationError, validates_schema

from inventory.journal import book
from inventory.kernel.actors import Permission
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.blind import require_no_count_under_way
from inventory.web.downloads import Pdf, TlogProof, attached
from inventory.web.endpoints import Edge, downloads, make_blueprint
from inventory.web.fields import Choice, CivilDay
from inventory.web.pages import shows
from inventory.web.requests import query_fields
from inventory.web.services import current_services
from inventory.web.turns import Turns
from reports import gather_ledger, gather_reconciliation
from reports import perpetual_ledger as ledger
from reports import reconciliation as reconciled
from reports.catalogue import PERPETUAL_LEDGER, RECONCILIATION, Report
from reports.gather_ledger import LedgerAsked
from reports.layout import Paper
from reports.masthead import Facility, Period

api: Final = make_blueprint("reports", "Printed reports, as PDF.")
proofs: Final = make_blueprint(
    "proofs", "Proofs that an entry is in the signed record."
)
pages: Final = flask.Blueprint(
    "report_pages", __name__, url_prefix="/registrations/<registration_id>/reports"
)

# Three years: one more than records are kept for at least (21 CFR 1304.04).
LEDGER_DAYS_MAX: Final = timedelta(days=3 * 366)
PRINTED_AT_ONCE: Final = 2
_TURNS = Turns(
    PRINTED_AT_ONCE,
    wait_s=5,
    busy="Other reports are being printed. Ask for this one again in a moment.",
)


class PaperSchema(Schema):
    """The sheets to print on."""

    paper = Choice(Paper, load_default=Paper.LETTER)


class LedgerSchema(PaperSchema):
    """Whole civil days of the site, both included."""

    first_day = CivilDay(required=True)
    last_day = CivilDay(required=True)

    @validates_schema
    def _require_a_bounded_period(self, data: dict[str, Any], **_: Any) -> None:
        if data["last_day"] - data["first_day"] >= LEDGER_DAYS_MAX:
            raise ValidationError(
                f"A ledger is printed for {LEDGER_DAYS_MAX.days} days at most. "
                "Ask for a longer period in parts.",
                "last_day",
            )


def report_blueprints() -> list[flask.Blueprint]:
    """Give what the application serves of reports: for programs, and for people."""
    return [api, proofs, pages]


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
    of_patient=True,
)
def get_ledger_report(edge: Edge, fields: dict[str, Any], product_id: str) -> Pdf:
    """Print the perpetual ledger of a product over whole days."""
    return _ledger(edge, product_id, **fields)


@downloads(
    proofs,
    "/events/<event_id>/proof",
    Permission.READ_BOOKS,
    gives=TlogProof,
    of_patient=True,
)
def get_event_proof(edge: Edge, event_id: str) -> TlogProof:
    """Prove an entry: its bytes, the way to the root, the checkpoint and its signers.

    The text is that of c2sp.org/tlog-proof. The checkpoint is the first that covers the
    entry, made now if need be, with what witnesses have signed under it so far.

    Raises:
        InventoryError: NOT_FOUND, for an entry of another book too; COUNT_UNDER_WAY
            while stock is being counted, since an entry states balances.
    """
    require_no_count_under_way(edge.db, edge.registration_id)
    event = book.find(edge.db, edge.registration_id, event_id)
    if event is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such entry in this book. Its id stands on its receipt.",
        )
    prover = current_services().prover
    proof = prover.prove(edge.registration_id, event.position, cosigned=True)
    return TlogProof(str(proof).encode(), (event_id,))


@shows(pages, "/reconciliations/<reconciliation_id>.pdf", RECONCILIATION.permission)
def show_reconciliation(edge: Edge, reconciliation_id: str) -> Response:
    """Print a reconciliation for someone at a browser."""
    fields = PaperSchema().load(query_fields())
    return attached(_reconciliation(edge, reconciliation_id, **fields))


@shows(
    pages,
    "/products/<product_id>/ledger.pdf",
    PERPETUAL_LEDGER.permission,
    of_patient=True,
)
def show_ledger(edge: Edge, product_id: str) -> Response:
    """Print a perpetual ledger for someone at a browser."""
    fields = LedgerSchema().load(query_fields())
    return attached(_ledger(edge, product_id, **fields))


def _reconciliation(edge: Edge, reconciliation_id: str, *, paper: Paper) -> Pdf:
    with _TURNS.one():
        data = gather_reconciliation.gather(
            edge.db,
            edge.registration_id,
            reconciliation_id,
            prover=current_services().prover,
        )
        body = reconciled.render(data, paper=paper)
    return Pdf(body, _name(RECONCILIATION, data.facility, data.period))


def _ledger(edge: Edge, product_id: str, *, paper: Paper, **days: Any) -> Pdf:
    asked = LedgerAsked(
        registration_id=edge.registration_id, product_id=product_id, **days
    )
    with _TURNS.one():
        data = gather_ledger.gather(
            edge.db,
            asked,
            generated_at=edge.clock.now(),
            generated_by=edge.actor.name,
            prover=current_services().prover,
        )
        body = ledger.render(data, paper=paper)
    return Pdf(body, _name(PERPETUAL_LEDGER, data.facility, data.period, data.ndc))


def _name(
    report: Report, facility: Facility, period: Period, *about: str
) -> tuple[str, ...]:
    days = period.first_day.isoformat(), "to", period.last_day.isoformat()
    return (report.name, facility.dea_number, *about, *days)
