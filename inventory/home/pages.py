"""The start page of a site, and the way to it. A later stage builds the full pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inventory.discrepancies.queries import list_discrepancies
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
from inventory.web.endpoints import Edge
from inventory.web.pages import shows

_LEDGER_DAYS: Final = 91
_RECONCILIATIONS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Writes instants on the site's clock."""

    zone: ZoneInfo

    def __call__(self, instant: datetime) -> str:
        """Give day, hour and minute, such as "2026-11-02 09:15"."""
        return instant.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


def home_blueprint() -> Blueprint:
    """Make the blueprint of the start page."""
    blueprint = Blueprint("home", __name__)
    shows(blueprint, "/", SIGNED_IN)(choose_site)
    shows(blueprint, "/registrations/<registration_id>/", Permission.READ_BOOKS)(
        show_site
    )
    return blueprint


def choose_site(edge: Edge) -> ResponseReturnValue:
    """Go to the one site whose books the person reads, or let them choose."""
    readable = [
        site for site in edge.actor.roles if edge.actor.may(Permission.READ_BOOKS, site)
    ]
    if len(readable) == 1:
        return redirect(url_for("home.show_site", registration_id=readable[0]))
    sites = edge.db.scalars(
        select(Registration)
        .where(Registration.id.in_(readable))
        .order_by(Registration.name)
    ).all()
    return render_template("choose_site.html", sites=sites)


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
        reconciliations=list_reconciliations(db, here)[:_RECONCILIATIONS_SHOWN],
        may_print=may_print,
        ledger_days=_ledger_days(today),
        local=LocalTime(zone),
        format_mg=format_mg,
    )


def _ledger_days(today: date) -> dict[str, str]:
    first = today - timedelta(days=_LEDGER_DAYS)
    return {"first_day": first.isoformat(), "last_day": today.isoformat()}
