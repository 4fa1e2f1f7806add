"""The start page of a site, and the way to it. A later stage builds the full pages."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inventory.discrepancies.queries import list_discrepancies
from inventory.emergency.queries import list_unreviewed
from inventory.journal import book
from inventory.kernel.actors import Permission
from inventory.kernel.clock import civil_day
from inventory.kernel.quantities import format_mg
from inventory.ledger.on_hand import list_on_hand
from inventory.models.sites import Registration
from inventory.reconciliation.queries import list_reconciliations
from inventory.sessions.queries import list_open_sessions
from inventory.waste.queries import list_pending
from inventory.web.access import SIGNED_IN
from inventory.web.edges import Edge
from inventory.web.local_time import LocalTime
from inventory.web.pages import shows

_LEDGER_DAYS: Final = 91
_RECONCILIATIONS_SHOWN: Final = 12


def home_blueprint() -> Blueprint:
    """Make the blueprint of the start page."""
    blueprint = Blueprint("home", __name__)
    shows(blueprint, "/", SIGNED_IN)(choose_site)
    shows(
        blueprint,
        "/registrations/<registration_id>/",
        Permission.READ_BOOKS,
        of_patient=True,
    )(show_site)
    return blueprint


def choose_site(edge: Edge) -> ResponseReturnValue:
    """Go to the one site where the person has something to see, or let them choose."""
    pages = {site: page for site in edge.actor.roles if (page := _page_of(edge, site))}
    if len(pages) == 1:
        return redirect(next(iter(pages.values())))
    sites = edge.db.scalars(
        select(Registration)
        .where(Registration.id.in_(pages))
        .order_by(Registration.name)
    ).all()
    return render_template("choose_site.html", sites=sites, pages=pages)


def _page_of(edge: Edge, site: str) -> str | None:
    """Give the page a person starts from at a site, by what they do there."""
    if edge.actor.may(Permission.READ_BOOKS, site):
        return url_for("home.show_site", registration_id=site)
    if edge.actor.may(Permission.WITNESS, site):
        return url_for("waste_pages.show_awaiting", registration_id=site)
    if edge.actor.may(Permission.READ_ACCESS, site):
        return url_for("people_pages.show_people", registration_id=site)
    return None


def show_site(edge: Edge) -> str:
    """Show what is on hand, open sessions, discrepancies and the reports."""
    db, here = edge.db, edge.registration_id
    site = db.get_one(Registration, here)
    zone = ZoneInfo(site.time_zone)
    today = civil_day(edge.clock.now(), zone)
    may_print = edge.actor.may(Permission.READ_REPORTS, here)
    return render_template(
        "site.html",
        site=site,
        head=book.read_head(db, here),
        on_hand=list_on_hand(db, here),
        open_sessions=list_open_sessions(db, here),
        pending=list_pending(db, here, now=edge.clock.now()),
        discrepancies=list_discrepancies(db, here),
        unreviewed=list_unreviewed(db, here, now=edge.clock.now()),
        may_read_access=edge.actor.may(Permission.READ_ACCESS, here),
        reconciliations=list_reconciliations(db, here)[:_RECONCILIATIONS_SHOWN],
        may_print=may_print,
        may_waste=edge.actor.may(Permission.RECORD_WASTE, here),
        may_witness=edge.actor.may(Permission.WITNESS, here),
        ledger_days=_ledger_days(today),
        local=LocalTime(zone),
        format_mg=format_mg,
    )


def _ledger_days(today: date) -> dict[str, str]:
    first = today - timedelta(days=_LEDGER_DAYS)
    return {"first_day": first.isoformat(), "last_day": today.isoformat()}
