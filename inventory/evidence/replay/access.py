"""Requests for changes of access, replayed: who asked, and who decided."""

from inventory.evidence.replay import register
from inventory.evidence.replay.tables import Tables, Told
from inventory.journal import canonical


def access_requested(tables: Tables, told: Told) -> None:
    """A change that waits for its approval."""
    entry = told.data["entry"]
    tables.put(
        "access_requests",
        {
            "id": told.subject,
            "registration_id": told.book,
            "kind": entry["kind"],
            "person_id": entry["person"]["id"],
            "entry": canonical.body(entry).decode(),
            "digest": told.data["digest"],
            "requested_by": told.actor,
            "requested_at": told.occurred_at,
            "state": "pending",
            "decided_by": None,
            "decided_at": None,
        },
    )


def access_refused(tables: Tables, told: Told) -> None:
    """A request that somebody said no to."""
    _decide(tables, told.subject, "refused", told.actor, told)


def access_withdrawn(tables: Tables, told: Told) -> None:
    """A request that was taken back."""
    _decide(tables, told.subject, "withdrawn", told.actor, told)


def role_granted(tables: Tables, told: Told) -> None:
    """A role, and the request that it was approved by."""
    _approve(tables, told)
    register.role_granted(tables, told)


def role_ended(tables: Tables, told: Told) -> None:
    """The end of a role, and the request that it was approved by."""
    _approve(tables, told)
    register.role_ended(tables, told)


def credentials_reset(tables: Tables, told: Told) -> None:
    """New credentials for somebody; the request stands in one of the books told."""
    _approve(tables, told)


def _approve(tables: Tables, told: Told) -> None:
    """Note who approved, but for a founding and a book that was told only."""
    request_id = told.data.get("request")
    if request_id and (request_id,) in tables.rows["access_requests"]:
        _decide(tables, request_id, "approved", told.witness, told)


def _decide(
    tables: Tables, request_id: str, state: str, by: str | None, told: Told
) -> None:
    request = tables.get("access_requests", request_id)
    request |= {"state": state, "decided_by": by, "decided_at": told.occurred_at}
