"""Pages of emergency access: start and end one's own, review somebody else's."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from inventory.emergency.commands import (
    EndEmergency,
    ReviewEmergency,
    StartEmergency,
    end_emergency,
    review_emergency,
    start_emergency,
)
from inventory.emergency.queries import list_accesses, view_access
from inventory.emergency.rows import find_running
from inventory.emergency.rules import LASTS
from inventory.emergency.schemas import (
    EndEmergencyForm,
    ReviewEmergencyForm,
    StartEmergencyForm,
)
from inventory.kernel.actors import Actor, Lapse, Meaning, Permission
from inventory.kernel.errors import InventoryError
from inventory.models.access import EmergencyAccess
from inventory.models.sites import Registration
from inventory.web.edges import REGISTRATION_ID
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form, acts, shows
from inventory.web.services import current_services

_BOOK: Final = "/registrations/<registration_id>"
_OWN: Final = f"{_BOOK}/emergency"
_ALL: Final = f"{_BOOK}/emergency-accesses"
_ONE: Final = f"{_ALL}/<access_id>"

LAPSES: Final = {
    Lapse.NOT_SCREENED: "not screened",
    Lapse.NOT_TRAINED: "training lapsed",
    Lapse.POLICY_NOT_ACCEPTED: "signature policy not accepted",
}

blueprint = Blueprint("emergency_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An emergency access of whoever looks at a page, for the banner on it."""

    registration_id: str
    site: str
    ends_at: datetime


@blueprint.app_context_processor
def _in_the_header() -> dict[str, Any]:
    """Give every page its visitor's emergency accesses, and where to start one."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return {}
    shown: dict[str, Any] = {"emergency_site": _where_to_start(actor)}
    if actor.emergencies:
        # A page that says what failed must not fail with it.
        with suppress(SQLAlchemyError, InventoryError):
            shown["emergencies"] = _running(list(actor.emergencies.values()))
    return shown


def _where_to_start(actor: Actor) -> str | None:
    """Give the site that a page is about, or the only one that the visitor has."""
    only = next(iter(actor.roles), "") if len(actor.roles) == 1 else ""
    here = (request.view_args or {}).get(REGISTRATION_ID, only)
    may_start = actor.may(Permission.START_EMERGENCY, here)
    return here if may_start and here not in actor.emergencies else None


def _running(access_ids: list[str]) -> list[Running]:
    query = (
        select(EmergencyAccess, Registration)
        .join(Registration, Registration.id == EmergencyAccess.registration_id)
        .where(EmergencyAccess.id.in_(access_ids))
    )
    with current_services().database.reading() as db:
        return [
            Running(
                registration_id=site.id,
                site=site.name,
                ends_at=access.ends_at.astimezone(ZoneInfo(site.time_zone)),
            )
            for access, site in db.execute(query)
        ]


@shows(blueprint, _OWN, Permission.START_EMERGENCY)
def show_own(edge: Edge, form: Form | None = None) -> str:
    """Show how to take a clinician's rights, or those that run and how to end them."""
    now = edge.clock.now()
    running = find_running(edge.db, edge.registration_id, edge.actor.id, now=now)
    return _page(edge, "emergency/own.html", form=form or Form(), running=running)


@acts(
    blueprint,
    _OWN,
    Permission.START_EMERGENCY,
    takes=StartEmergencyForm,
    again=show_own,
    signs=True,
    wholly=True,
)
def start_own(edge: Edge, fields: dict[str, Any]) -> str:
    """Start emergency access with a reason, signed with all components."""
    command = StartEmergency(registration_id=edge.registration_id, **fields)
    start_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)
    return url_for(".show_own", registration_id=edge.registration_id)


@acts(
    blueprint,
    f"{_OWN}/end",
    Permission.START_EMERGENCY,
    takes=EndEmergencyForm,
    again=show_own,
)
def end_own(edge: Edge, fields: dict[str, Any]) -> str:
    """Give it back."""
    command = EndEmergency(registration_id=edge.registration_id, **fields)
    end_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)
    return url_for(".show_own", registration_id=edge.registration_id)


@shows(blueprint, _ALL, Permission.READ_ACCESS)
def show_all(edge: Edge) -> str:
    """List what awaits review, and what was reviewed."""
    accesses = list_accesses(edge.db, edge.registration_id, now=edge.clock.now())
    return _page(edge, "emergency/all.html", accesses=accesses)


@shows(blueprint, _ONE, Permission.READ_ACCESS, of_patient=True)
def show_one(edge: Edge, access_id: str, form: Form | None = None) -> str:
    """Show everything done under one, and the form of its review to who may sign it."""
    details = view_access(
        edge.db, edge.registration_id, access_id, now=edge.clock.now()
    )
    is_own = details.access.person_id == edge.actor.id
    return _page(
        edge,
        "emergency/one.html",
        form=form or Form(),
        details=details,
        lapses=[LAPSES[Lapse(each)] for each in details.lapses],
        is_own=is_own,
        may_review=not is_own
        and edge.actor.may(Permission.REVIEW_EMERGENCY, edge.registration_id),
    )


@acts(
    blueprint,
    _ONE,
    Permission.REVIEW_EMERGENCY,
    takes=ReviewEmergencyForm,
    again=show_one,
    signs=True,
    wholly=True,
)
def review_one(edge: Edge, fields: dict[str, Any], access_id: str) -> str:
    """Close the task with a finding, signed over exactly what was shown."""
    digest = fields.pop("digest")
    command = ReviewEmergency(
        registration_id=edge.registration_id,
        access_id=access_id,
        signature=edge.signed.over(digest, Meaning.REVIEW),
        **fields,
    )
    review_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)
    return url_for(
        ".show_one", registration_id=edge.registration_id, access_id=access_id
    )


def _page(edge: Edge, template: str, **shown: Any) -> str:
    site = edge.db.get_one(Registration, edge.registration_id)
    return render_template(
        template,
        site=site,
        minutes=LASTS.seconds // 60,
        local=LocalTime(ZoneInfo(site.time_zone)),
        **shown,
    )
