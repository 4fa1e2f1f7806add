"""The composition root: settings in, application and command line out.

`gunicorn wsgi:app` serves the application; `countersign` (or `python wsgi.py`) is the
command line. Nothing is built on import: tests import what they need elsewhere.
"""

import os
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask

from config.logging import configure_logging
from config.settings import Settings, load_settings
from inventory import app as application
from inventory.account.pages import blueprint as account_pages
from inventory.alerts import api as alerts
from inventory.alerts.pages import blueprint as alert_pages
from inventory.catalog import api as catalog
from inventory.cli import make_cli
from inventory.counts import api as counts
from inventory.credentials.passwords import strong_passwords
from inventory.db import Database
from inventory.discrepancies import api as discrepancies
from inventory.emergency import api as emergency
from inventory.emergency.pages import blueprint as emergency_pages
from inventory.evidence import keys
from inventory.evidence.restart import WritePermit
from inventory.evidence.witnesses.addresses import make_witnesses
from inventory.guard.safety import require_safe
from inventory.home import api as home
from inventory.home.pages import home_blueprint
from inventory.kernel.clock import Clock, SystemClock
from inventory.oversight import api as oversight
from inventory.people import api as people
from inventory.people.pages import blueprint as people_pages
from inventory.programs import api as programs
from inventory.programs.pages import programs_blueprint
from inventory.receiving import api as receiving
from inventory.reconciliation import api as reconciliation
from inventory.sessions import api as sessions
from inventory.single_sign_on import pages as single_sign_on
from inventory.single_sign_on.client import client_of, connect
from inventory.sites import api as sites
from inventory.waste import api as waste
from inventory.waste.pages import blueprint as waste_pages
from reports.cli import reports
from reports.routes import report_blueprints

FEATURES: Final = (
    home,
    sites,
    people,
    programs,
    oversight,
    emergency,
    alerts,
    catalog,
    receiving,
    sessions,
    waste,
    counts,
    discrepancies,
    reconciliation,
)


def blueprints() -> list[Blueprint]:
    """Give everything that the application serves beside its own frame."""
    features = [feature.blueprint for feature in FEATURES]
    pages = [
        home_blueprint(),
        account_pages,
        people_pages,
        programs_blueprint(),
        emergency_pages,
        waste_pages,
        alert_pages,
    ]
    return [*features, *report_blueprints(), *pages]


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from the environment's settings."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    clock = SystemClock()
    app = application.create_app(
        settings,
        database=_witnessed_books(settings, clock),
        clock=clock,
        passwords=strong_passwords(),
        blueprints=blueprints(),
    )
    client = client_of(settings)
    if client:
        single_sign_on.install(app, connect(client, clock=clock))
    return app


def _witnessed_books(settings: Settings, clock: Clock) -> Database:
    """Open books that are safe; they are written to once their witnesses agree.

    Raises:
        UnsafeDatabaseError: naming everything about the engine that is not safe.
    """
    database = Database(settings.database_url)
    require_safe(database, demonstration=settings.demo is True, clock=clock)
    witnesses = make_witnesses(
        settings.witnesses, mail_relay=settings.mail_relay, clock=clock
    )
    permit = WritePermit(
        database, witnesses=witnesses, keys=keys.load(settings), clock=clock
    )
    database.guard_writing(permit)
    return database


cli = make_cli([reports])


def __getattr__(name: str) -> Flask:
    """Build `app` when a server asks for it, not when a test imports this module."""
    if name == "app":
        return create_app()
    raise AttributeError(name)


if __name__ == "__main__":
    os.environ.setdefault(
        "COUNTERSIGN_DATA_DIR", str(Path(__file__).resolve().parent / "data")
    )
    cli()
