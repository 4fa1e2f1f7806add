"""Emergency access, replayed: a review from nowhere, or none, shows in `verify`."""

from datetime import datetime

from inventory.evidence.replay.tables import Tables, Told


def emergency_started(tables: Tables, told: Told) -> None:
    """A clinician's rights for an hour."""
    tables.put(
        "emergency_accesses",
        {
            "id": told.subject,
            "registration_id": told.book,
            "person_id": told.actor,
            "started_at": told.occurred_at,
            "ends_at": datetime.fromisoformat(told.data["ends_at"]),
            "ended_at": None,
            "reviewed_by": None,
            "reviewed_at": None,
        },
    )


def emergency_ended(tables: Tables, told: Told) -> None:
    """One that was given back before its time."""
    access = tables.get("emergency_accesses", told.subject)
    access["ended_at"] = told.occurred_at


def emergency_reviewed(tables: Tables, told: Told) -> None:
    """One that another person has signed for."""
    access = tables.get("emergency_accesses", told.subject)
    access |= {"reviewed_by": told.actor, "reviewed_at": told.occurred_at}
