"""Roles without a second person: while books are founded, and when nobody is left.

Only the command line gets here: whoever may run it owns the installation. The entries
name the program that was run, and no approver.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from inventory.journal.book import Appended
from inventory.kernel.actors import Actor, Permission, Role
from inventory.kernel.clock import Clock, civil_day, day_bounds
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.people import rules
from inventory.people.commands.attestations import zone_of
from inventory.people.grants import Decision, give
from inventory.people.rows import (
    count_others,
    lock_member,
    lock_sites,
    require_active,
)

FOUNDER_ID: Final = "per_setup"
_APPOINTED: Final = {
    Role.ADMINISTRATOR: Permission.MANAGE_PEOPLE,
    Role.MANAGER: Permission.APPROVE_ACCESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Give a person or job a role as the books are founded.

    Attributes:
        ends_on: the last day of an inspector's visit.
    """

    registration_id: str
    person_id: str
    role: Role
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted:
    """The role that is now held, and the entry that says so."""

    person_id: str
    role: str
    ends_at: datetime | None
    recorded: Appended


def founder(registration_id: str) -> Actor:
    """Give who founds books: nobody exists yet, so the entries name the program."""
    return Actor(
        id=FOUNDER_ID,
        name="Set-up on the command line",
        initials="SETUP",
        roles={registration_id: frozenset({Role.ADMINISTRATOR})},
    )


def grant_role(db: Session, command: GrantRole, *, clock: Clock) -> RoleGranted:
    """Grant a role at the founding of books, by the rules of any other.

    Raises:
        InventoryError: NOT_FOUND, ALREADY_EXISTS, INVALID_FIELD.
    """
    here, role = command.registration_id, Role(command.role)
    zone = zone_of(db, here)
    today = civil_day(clock.now(), zone)
    rules.require_visit(role, command.ends_on, today=today)
    person, member = lock_member(db, here, command.person_id)
    require_active(person)
    ends_at = day_bounds(command.ends_on, zone)[1] if command.ends_on else None
    decision = Decision(registration_id=here, by=founder(here))
    recorded = give(db, decision, person, member, role, ends_at=ends_at, clock=clock)
    return RoleGranted(
        person_id=person.id, role=role.value, ends_at=ends_at, recorded=recorded
    )


def appoint(db: Session, command: GrantRole, *, clock: Clock) -> RoleGranted:
    """Give a site its administrator or manager back when nobody there is left.

    While anybody is left who could ask or approve, two people decide.

    Raises:
        InventoryError: NOT_PERMITTED while somebody is left; INVALID_FIELD for any
            other role; as `grant_role`.
    """
    permission = _APPOINTED.get(Role(command.role))
    if permission is None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "Only an administrator or a manager is appointed. Let these two ask for "
            "and approve every other role.",
            field="role",
        )
    lock_sites(db, [command.registration_id])
    left = count_others(
        db, command.registration_id, permission, but=(), now=clock.now()
    )
    if left:
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            f"There is still somebody here who may do this ({permission.value}). "
            "Let an administrator ask for the role and another person approve it.",
            permission=permission.value,
        )
    return grant_role(db, command, clock=clock)
