"""The page of alerts, and how many are open, for the header of every page."""

from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request, url_for
from marshmallow import Schema
from sqlalchemy.exc import SQLAlchemyError

from inventory.alerts.commands import AcknowledgeAlert, acknowledge_alert
from inventory.alerts.queries import count_open, list_alerts
from inventory.alerts.rules import may_acknowledge
from inventory.kernel.actors import Actor, Permission
from inventory.kernel.errors import InventoryError
from inventory.models.sites import Registration
from inventory.web.edges import REGISTRATION_ID
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form, acts, shows
from inventory.web.services import current_services

_ALL: Final = "/registrations/<registration_id>/alerts"

blueprint = Blueprint("alert_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsHere:
    """How many alerts are open at the site that a page is about."""

    registration_id: str
    waiting: int


@blueprint.app_context_processor
def _header() -> dict[str, Any]:
    """Give every page of a site its open alerts, for who may read them."""
    actor: Actor | None = g.get("actor")
    here = (request.view_args or {}).get(REGISTRATION_ID, "")
    if actor is None or not actor.may(Permission.READ_ACCESS, here):
        return {}
    try:
        with current_services().database.reading() as db:
            waiting = count_open(db, here)
    except (SQLAlchemyError, InventoryError):
        return {}  # a page that says what failed must not fail with it
    return {"alerts_here": AlertsHere(registration_id=here, waiting=waiting)}


@shows(blueprint, _ALL, Permission.READ_ACCESS)
def show_alerts(edge: Edge, form: Form | None = None, alert_id: str = "") -> str:
    """List the alerts in words, with what to do about each."""
    del alert_id  # what was refused is said above the list
    site = edge.db.get_one(Registration, edge.registration_id)
    alerts = list_alerts(edge.db, site.id)
    return render_template(
        "alerts/all.html",
        site=site,
        form=form or Form(),
        alerts=alerts,
        forms_of={each.alert_id: Form() for each in alerts},
        may_acknowledge=lambda each: may_acknowledge(
            edge.actor, edge.registration_id, each.person_id
        ),
        local=LocalTime(ZoneInfo(site.time_zone)),
    )


@acts(
    blueprint,
    f"{_ALL}/<alert_id>/acknowledgement",
    Permission.READ_ACCESS,
    takes=Schema,
    again=show_alerts,
)
def acknowledge(edge: Edge, fields: dict[str, Any], alert_id: str) -> str:
    """Say that one has looked into it."""
    command = AcknowledgeAlert(
        registration_id=edge.registration_id, alert_id=alert_id, **fields
    )
    acknowledge_alert(edge.db, command, actor=edge.actor, clock=edge.clock)
    return url_for(".show_alerts", registration_id=edge.registration_id)
