"""The entry that an approver is shown and signs, word for word."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.journal import canonical
from inventory.kernel.actors import Actor, Role
from inventory.kernel.clock import format_instant, parse_instant
from inventory.models.access import AccessRequest
from inventory.models.people import Grant, Person
from inventory.people.rows import snapshot
from inventory.people.rules import Asked, RequestKind, RequestState

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    """What an approver sees before signing: what, for whom, until when, who asks.

    Attributes:
        grant_id: the role that would end; None for other kinds.
        ends_at: the first instant after an inspector's visit.
    """

    request_id: str
    kind: RequestKind
    person_id: str
    sign_in_name: str
    name: str
    initials: str
    role: Role | None
    grant_id: str | None
    ends_at: datetime | None
    requested_by: str
    requested_at: datetime


def write_entry(
    request: AccessRequest,
    person: Person,
    *,
    role: Role | None,
    grant: Grant | None,
    ends_at: datetime | None,
    requested_by: Actor,
) -> Entry:
    """Write the entry; its canonical bytes are what is signed.

    The request's id is part of it, so that a signature fits one request only.
    """
    return {
        "registration": request.registration_id,
        "request": request.id,
        "kind": request.kind,
        "person": snapshot(person),
        "role": role and role.value,
        "grant": grant and grant.id,
        "ends_at": ends_at and format_instant(ends_at),
        "requested_by": {
            "id": requested_by.id,
            "name": requested_by.name,
            "initials": requested_by.initials,
        },
        "requested_at": format_instant(request.requested_at),
    }


def seal(request: AccessRequest, entry: Entry) -> None:
    """Keep an entry with its request, as the bytes that the digest is over."""
    request.entry = canonical.body(entry).decode()
    request.digest = canonical.digest(entry)


def entry_of(request: AccessRequest) -> dict[str, Any]:
    """Read the entry of a request back."""
    entry: dict[str, Any] = json.loads(request.entry)
    del entry["version"]  # of the bytes, not of what is asked
    return entry


def read_entry(entry: Entry) -> ShownRequest:
    """Read an entry for showing."""
    person, ends_at = entry["person"], entry["ends_at"]
    return ShownRequest(
        request_id=entry["request"],
        kind=RequestKind(entry["kind"]),
        person_id=person["id"],
        sign_in_name=person["sign_in_name"],
        name=person["name"],
        initials=person["initials"],
        role=entry["role"] and Role(entry["role"]),
        grant_id=entry["grant"],
        ends_at=ends_at and parse_instant(ends_at, field="ends_at"),
        requested_by=entry["requested_by"]["name"],
        requested_at=parse_instant(entry["requested_at"], field="requested_at"),
    )


def asked(request: AccessRequest) -> Asked:
    """Give a request as the rules see it."""
    return Asked(
        registration_id=request.registration_id,
        person_id=request.person_id,
        requested_by=request.requested_by,
        requested_at=request.requested_at,
        state=RequestState(request.state),
        digest=request.digest,
    )
