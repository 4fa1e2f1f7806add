"""Registrations, places, people and their roles, replayed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from inventory.evidence.replay.tables import Row, StandIn, Tables, Told

_INSPECTOR: Final = "inspector"
_DUTIES: Final = {
    "manager": None,
    "administrator": "keeps_house",
    "compliance_officer": "checks",
    _INSPECTOR: "inspects",
    "scheduled_job": "runs",
}


def registration_opened(tables: Tables, told: Told) -> None:
    """A registered location and its book."""
    tables.put(
        "registrations",
        {
            "id": told.subject,
            **told.data,
            "created_at": told.occurred_at,
            "containers_numbered": 0,
            "discrepancies_numbered": 0,
        },
    )


def setting_changed(tables: Tables, told: Told) -> None:
    """A rule that a site set for itself."""
    tables.put(
        "facility_settings",
        {
            "registration_id": told.book,
            "name": told.data["name"],
            "value": told.data["to"],
            "set_at": told.occurred_at,
        },
    )


def location_added(tables: Tables, told: Told) -> None:
    """A place that may hold stock."""
    tables.put(
        "locations",
        {
            "id": told.subject,
            "registration_id": told.book,
            **told.data,
            "created_at": told.occurred_at,
        },
    )


def person_added(tables: Tables, told: Told) -> None:
    """A person or a job, in the signature register of a site.

    Entries of earlier versions do not say whether the person is new, and made no
    membership: their first role did.
    """
    is_new = told.data.get("is_new")
    if is_new is False:
        _know(tables, told)
    else:
        _add(tables, told.data["person"], told.occurred_at)
    if is_new is not None:
        _join(tables, told)


def person_disabled(tables: Tables, told: Told) -> None:
    """Somebody who was stopped, at every site."""
    tables.get("people", told.subject)["disabled_at"] = told.occurred_at


def person_enabled(tables: Tables, told: Told) -> None:
    """Somebody who is back, without the roles held before."""
    tables.get("people", told.subject)["disabled_at"] = None
    for grant_id in told.data["ended"]:
        _end(tables, told, grant_id)


def person_screened(tables: Tables, told: Told) -> None:
    """A screening on record."""
    screened_on = date.fromisoformat(told.data["screened_on"])
    _membership(tables, told)["screened_on"] = screened_on


def person_trained(tables: Tables, told: Told) -> None:
    """A training on record."""
    trained_until = datetime.fromisoformat(told.data["trained_until"])
    _membership(tables, told)["trained_until"] = trained_until


def policy_accepted(tables: Tables, told: Told) -> None:
    """The signature policy, accepted in the form it had."""
    _membership(tables, told).update(
        policy_version=told.data["version"], policy_accepted_at=told.occurred_at
    )


def role_granted(tables: Tables, told: Told) -> None:
    """A role of a person at a registration, who may have been added at another."""
    _know(tables, told)
    _join(tables, told)
    role = told.data["role"]
    member = _membership(tables, told)
    member["duty"] = _duty(role) or member["duty"]
    is_dated = "grant" in told.data
    if role == _INSPECTOR and not is_dated:
        return  # visits without an end were ended when roles got a history
    ends_at = told.data.get("ends_at")
    tables.put(
        "role_grants",
        {
            # Roles of earlier versions got an id made of person and role.
            "id": told.data.get("grant", f"grt_{told.subject[4:]}_{role}"),
            "person_id": told.subject,
            "registration_id": told.book,
            "role": role,
            "duty": _duty(role),
            "granted_at": told.occurred_at if is_dated else StandIn(told.occurred_at),
            "granted_by": told.actor if is_dated else StandIn(told.actor),
            "approved_by": told.witness,
            "ends_at": ends_at and datetime.fromisoformat(ends_at),
            "ended_at": None,
            "ended_by": None,
        },
    )


def role_ended(tables: Tables, told: Told) -> None:
    """A role that was taken back, or whose time was over."""
    _end(tables, told, told.data["grant"])


def _end(tables: Tables, told: Told, grant_id: str) -> None:
    grant = tables.get("role_grants", grant_id)
    grant |= {"duty": None, "ended_at": told.occurred_at, "ended_by": told.actor}
    mine = told.subject, told.book
    duties = {
        row["duty"]
        for row in tables.rows["role_grants"].values()
        if (row["person_id"], row["registration_id"]) == mine
    }
    if not any(duties):
        _membership(tables, told)["duty"] = None


def _duty(role: str) -> str | None:
    return _DUTIES.get(role, "records")


def _membership(tables: Tables, told: Told) -> Row:
    return tables.get("memberships", told.subject, told.book)


def _join(tables: Tables, told: Told) -> None:
    if (told.subject, told.book) in tables.rows["memberships"]:
        return
    tables.put(
        "memberships",
        {
            "person_id": told.subject,
            "registration_id": told.book,
            "duty": None,
            "screened_on": None,
            "trained_until": None,
            "policy_version": None,
            "policy_accepted_at": None,
        },
    )


def _know(tables: Tables, told: Told) -> None:
    """Put somebody there whom the journal of another book added."""
    if (told.subject,) not in tables.rows["people"]:
        _add(tables, told.data["person"], StandIn(told.occurred_at))


def _add(tables: Tables, person: Mapping[str, str], created_at: object) -> None:
    # No password: whoever was imported is given a link to set a new one.
    row = {
        **person,
        "created_at": created_at,
        "disabled_at": None,
        "password_hash": StandIn(None),
        "password_set_at": StandIn(None),
        "password_length": StandIn(None),
    }
    tables.put("people", row)
