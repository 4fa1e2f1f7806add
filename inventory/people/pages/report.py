"""Who could do what at the end of a day: the page that an inspector asks for."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from marshmallow import ValidationError

from inventory.kernel.actors import Permission
from inventory.kernel.clock import civil_day
from inventory.kernel.errors import InventoryError
from inventory.models.sites import Registration
from inventory.people.access_report import AccessReport, report_access
from inventory.people.pages.shown import BOOK, blueprint, page
from inventory.people.schemas import AccessReportSchema
from inventory.web.pages import Edge, shows


@shows(blueprint, f"{BOOK}/access", Permission.READ_ACCESS)
def show_access(edge: Edge) -> str:
    """Show the access of a day, today's unless another is asked for."""
    here, now = edge.registration_id, edge.clock.now()
    site = edge.db.get_one(Registration, here)
    today = civil_day(now, ZoneInfo(site.time_zone))
    report: AccessReport | None = None
    refused = ""
    try:
        day = _asked_day(today)
        report = report_access(edge.db, here, day, now=now)
    except ValidationError as error:
        refused = str(error.messages_dict["on"][0])
    except InventoryError as error:
        refused = error.message
    return page(
        edge,
        "access.html",
        report=report,
        refused=refused,
        on=request.args.get("on", today.isoformat()),
        today=today,
    )


def _asked_day(today: date) -> date:
    asked: dict[str, Any] = AccessReportSchema().load(
        {"on": request.args.get("on", today.isoformat())}
    )
    day: date = asked["on"]
    return day
