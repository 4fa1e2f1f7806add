"""What every page about people stands on: its addresses, its site, its person."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for

from inventory.kernel.actors import Lapse, Permission, Role
from inventory.models.sites import Registration
from inventory.people.queries import view_person
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form

BOOK: Final = "/registrations/<registration_id>"
ONE: Final = f"{BOOK}/people/<person_id>"
KEEPS: Final = Permission.MANAGE_PEOPLE

# What a role is, in the words of a clinic.
ROLES: Final = {
    Role.PHARMACIST: "receives, runs sessions, counts and witnesses",
    Role.CLINICIAN: "runs sessions, counts and witnesses",
    Role.WITNESS: "witnesses, and nothing else",
    Role.COMPLIANCE_OFFICER: "counts, reconciles, reviews and approves access",
    Role.MANAGER: "answers for the site: reviews and approves access",
    Role.ADMINISTRATOR: "keeps people and places, and never touches stock",
    Role.INSPECTOR: "reads everything, for the days of a visit",
}
LAPSES: Final = {
    Lapse.NOT_SCREENED: "not screened",
    Lapse.NOT_TRAINED: "training missing or over",
    Lapse.POLICY_NOT_ACCEPTED: "signature policy not accepted",
}

blueprint = Blueprint("people_pages", __name__)


def page(edge: Edge, template: str, **shown: Any) -> str:
    """Give a page of a site, on the clock of that site."""
    site = edge.db.get_one(Registration, edge.registration_id)
    return render_template(
        f"people/{template}",
        site=site,
        local=LocalTime(ZoneInfo(site.time_zone)),
        keeps_people=edge.actor.may(KEEPS, site.id),
        now=edge.clock.now(),
        roles=ROLES,
        lapse_words=LAPSES,
        **shown,
    )


def page_of(
    edge: Edge,
    person_id: str,
    template: str,
    *,
    form: Form | None = None,
    **shown: Any,
) -> str:
    """Give a page about one person.

    Raises:
        InventoryError: NOT_FOUND.
    """
    here, now = edge.registration_id, edge.clock.now()
    person = view_person(edge.db, here, person_id, now=now)
    return page(edge, template, person=person, form=form or Form(), **shown)


def address_of(edge: Edge, person_id: str) -> str:
    """Give where a person is shown."""
    here = edge.registration_id
    return url_for(
        "people_pages.show_person", registration_id=here, person_id=person_id
    )


def address_of_request(edge: Edge, request_id: str) -> str:
    """Give where a request is shown."""
    here = edge.registration_id
    return url_for(
        "people_pages.show_request", registration_id=here, request_id=request_id
    )
