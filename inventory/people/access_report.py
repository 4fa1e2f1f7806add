"""Who could do what at a site at the end of any day (AC-23; 21 CFR 1301.71(b)).

Told by the journal alone: nothing that was changed in a table later can change what a
past day looks like. Emergency access is listed apart, with its reviews.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.events import Tag
from inventory.kernel.actors import (
    ROLE_PERMISSIONS,
    STOCK_PERMISSIONS,
    Lapse,
    Permission,
    Role,
)
from inventory.kernel.clock import civil_day, day_bounds
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.people.commands.attestations import zone_of

_TAGS: Final = (
    Tag.PERSON_ADDED,
    Tag.PERSON_DISABLED,
    Tag.PERSON_ENABLED,
    Tag.PERSON_SCREENED,
    Tag.PERSON_TRAINED,
    Tag.POLICY_ACCEPTED,
    Tag.ROLE_GRANTED,
    Tag.ROLE_ENDED,
)
_AN_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role that was held, and the two people who decided on it.

    Attributes:
        approved_by: None at the founding of the books.
    """

    role: Role
    since: datetime
    ends_at: datetime | None
    granted_by: str
    approved_by: str | None


@dataclass(slots=True, kw_only=True)
class PersonAccess:
    """What one person could do at the end of a day, and what kept them from more.

    Attributes:
        could: the permissions, by name; none for somebody disabled.
        lapses: what was missing for those that touch stock.
    """

    person_id: str
    kind: str
    name: str
    initials: str
    held: dict[str, HeldRole] = field(default_factory=dict)
    roles: tuple[HeldRole, ...] = ()
    could: tuple[Permission, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    screened_on: date | None = None
    trained_until: datetime | None = None
    policy_version: str | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReport:
    """Who could do what at the end of a civil day of a site.

    Attributes:
        on: the day.
        as_of: its last instant, or now while it goes on.
        position: the last entry that was looked at.
        people: everybody in the register by then, by name.
    """

    on: date
    as_of: datetime
    position: int
    people: tuple[PersonAccess, ...]


def report_access(
    db: Session, registration_id: str, on: date, *, now: datetime
) -> AccessReport:
    """Tell who could do what at the end of a day.

    Raises:
        InventoryError: INVALID_FIELD for a day to come.
    """
    zone = zone_of(db, registration_id)
    if on > civil_day(now, zone):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "This day is still to come. Choose today or a day before it.",
            field="on",
        )
    as_of = min(now, day_bounds(on, zone)[1] - _AN_INSTANT)
    people: dict[str, PersonAccess] = {}
    position = 0
    for event in book.read(db, registration_id, tags=_TAGS):
        if event.recorded_at > as_of:
            break
        position = event.position
        _tell(people, json.loads(event.body))
    for person in people.values():
        _judge(person, as_of)
    listed = sorted(people.values(), key=lambda each: (each.name, each.person_id))
    return AccessReport(on=on, as_of=as_of, position=position, people=tuple(listed))


def _tell(people: dict[str, PersonAccess], entry: Mapping[str, Any]) -> None:
    """Let one entry change what is known about its person."""
    tag, data = entry["tag"], entry["data"]
    if "person" in data and entry["subject"] not in people:
        people[entry["subject"]] = _enter(data["person"])
    person = people[entry["subject"]]
    if tag == Tag.ROLE_GRANTED:
        # Roles of earlier versions have no id: one of each kind was held at most.
        person.held[data.get("grant", data["role"])] = _held(entry)
    elif tag == Tag.ROLE_ENDED:
        del person.held[data["grant"]]
    elif tag == Tag.PERSON_DISABLED:
        person.disabled_at = datetime.fromisoformat(entry["occurred_at"])
    elif tag == Tag.PERSON_ENABLED:
        person.disabled_at = None
        person.held.clear()
    elif tag == Tag.PERSON_SCREENED:
        person.screened_on = date.fromisoformat(data["screened_on"])
    elif tag == Tag.PERSON_TRAINED:
        person.trained_until = datetime.fromisoformat(data["trained_until"])
    elif tag == Tag.POLICY_ACCEPTED:
        person.policy_version = data["version"]


def _enter(person: Mapping[str, str]) -> PersonAccess:
    return PersonAccess(
        person_id=person["id"],
        kind=person["kind"],
        name=person["name"],
        initials=person["initials"],
    )


def _held(entry: Mapping[str, Any]) -> HeldRole:
    data, approver = entry["data"], entry["witness"]
    ends_at = data.get("ends_at")
    return HeldRole(
        role=Role(data["role"]),
        since=datetime.fromisoformat(entry["recorded_at"]),
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
        granted_by=entry["actor"]["name"],
        approved_by=approver["name"] if approver else None,
    )


def _judge(person: PersonAccess, at: datetime) -> None:
    """Say what the person's roles let them do at an instant."""
    in_force = [each for each in person.held.values() if _in_force(each, at)]
    person.roles = tuple(sorted(in_force, key=lambda each: each.role))
    allowed = _allowed(each.role for each in in_force)
    if person.kind != "job":
        person.lapses = tuple(sorted(_lapses(person, at)))
    if person.lapses:
        allowed -= STOCK_PERMISSIONS
    person.could = () if person.disabled_at else tuple(sorted(allowed))


def _in_force(held: HeldRole, at: datetime) -> bool:
    if held.ends_at is None:
        # Visits without an end were ended when roles got a history.
        return held.role is not Role.INSPECTOR
    return at < held.ends_at


def _allowed(roles: Iterable[Role]) -> frozenset[Permission]:
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))


def _lapses(person: PersonAccess, at: datetime) -> Iterable[Lapse]:
    # Which text of the policy was in force then, no entry tells: any that was accepted
    # is shown with its version.
    if person.screened_on is None:
        yield Lapse.NOT_SCREENED
    if person.trained_until is None or person.trained_until <= at:
        yield Lapse.NOT_TRAINED
    if person.policy_version is None:
        yield Lapse.POLICY_NOT_ACCEPTED
