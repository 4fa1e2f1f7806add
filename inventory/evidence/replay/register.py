"""Registrations, places, people and their roles, replayed."""

from collections.abc import Mapping

from inventory.evidence.replay.tables import StandIn, Tables, Told

# No password fits: whoever was imported is given a new one.
_NO_PASSWORD = "!"  # noqa: S105 - a hash that nothing hashes to


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
    """A person or a job, in the signature register."""
    _add(tables, told.data["person"], told.occurred_at)


def role_granted(tables: Tables, told: Told) -> None:
    """A role of a person at a registration, who may have been added at another."""
    person = told.data["person"]
    if (person["id"],) not in tables.rows["people"]:
        _add(tables, person, StandIn(told.occurred_at))
    tables.put(
        "grants",
        {
            "person_id": told.subject,
            "registration_id": told.book,
            "role": told.data["role"],
            "granted_at": StandIn(told.occurred_at),
        },
    )


def _add(tables: Tables, person: Mapping[str, str], created_at: object) -> None:
    hashed = _NO_PASSWORD if person["kind"] == "person" else None
    row = {**person, "created_at": created_at, "password_hash": StandIn(hashed)}
    tables.put("people", row)
