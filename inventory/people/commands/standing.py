"""Stop somebody at once, everywhere; and let them back in, with no role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.credentials import sign_ins
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Grant, Membership, Person
from inventory.people import rules
from inventory.people.grants import take
from inventory.people.rows import (
    count_others,
    grants_of,
    lock_member,
    lock_sites,
    sites_of_member,
    snapshot,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisablePerson:
    """Stop a person or job: no sign-in, no token, no signature, from now on."""

    registration_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnablePerson:
    """Let a disabled person sign in again; their roles are asked for anew."""

    registration_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged:
    """Since when a person is disabled, None when they are not."""

    person_id: str
    disabled_at: datetime | None
    recorded: Appended


def disable_person(
    db: Session, command: DisablePerson, *, actor: Actor, clock: Clock
) -> StandingChanged:
    """Disable a person at every site, by one administrator: stopping must be quick.

    Every book in whose register the person stands says so.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS; INVALID_FIELD for the
            last administrator of a site.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    rules.require_another(actor.id, command.person_id, "disables")
    person, _ = lock_member(db, here, command.person_id)
    _require_standing(person, is_disabled=False)
    sites = sites_of_member(db, person.id)
    lock_sites(db, sites)
    now = clock.now()
    for site in sites:
        _require_administrator_left(db, site, person.id, now)
    person.disabled_at = now
    db.flush()
    sign_ins.end_all(db, person.id, why="disabled", now=now)
    told = {site: {"person": snapshot(person)} for site in sites}
    entries = _tell(db, Tag.PERSON_DISABLED, person, told, actor, clock)
    return StandingChanged(person_id=person.id, disabled_at=now, recorded=entries[here])


def enable_person(
    db: Session, command: EnablePerson, *, actor: Actor, clock: Clock
) -> StandingChanged:
    """Let a person back in. All roles end first: each comes back by a request.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    person, _ = lock_member(db, here, command.person_id)
    _require_standing(person, is_disabled=True)
    sites = sites_of_member(db, person.id)
    lock_sites(db, sites)
    now = clock.now()
    told: dict[str, dict[str, Any]] = {}
    for site in sites:
        ended = grants_of(db, person.id, site)
        member = db.get_one(Membership, (person.id, site))
        for grant in ended:
            take(db, member, grant, by=actor.id, now=now)
        told[site] = {"person": snapshot(person), "ended": [each.id for each in ended]}
    person.disabled_at = None
    db.flush()
    entries = _tell(db, Tag.PERSON_ENABLED, person, told, actor, clock)
    return StandingChanged(
        person_id=person.id, disabled_at=None, recorded=entries[here]
    )


def _require_standing(person: Person, *, is_disabled: bool) -> None:
    if (person.disabled_at is not None) != is_disabled:
        standing = "is not" if is_disabled else "is"
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"This person {standing} disabled. There is nothing to do.",
            field="person_id",
        )


def _require_administrator_left(
    db: Session, site: str, person_id: str, now: datetime
) -> None:
    """Leave somebody who could enable, add and ask."""
    roles = {grant.role for grant in grants_of(db, person_id, site)}
    if "administrator" in roles:
        others = Grant.person_id != person_id
        permission = Permission.MANAGE_PEOPLE
        left = count_others(db, site, permission, but=(others,), now=now)
        rules.require_somebody_left(permission, left)


def _tell(
    db: Session,
    tag: Tag,
    person: Person,
    told: dict[str, dict[str, Any]],
    actor: Actor,
    clock: Clock,
) -> dict[str, Appended]:
    """Write into each book what it has to know, books in the order of their ids."""
    return {
        site: book.append(
            db,
            AuditEvent(
                book_id=site,
                tag=tag,
                subject=person.id,
                actor=actor,
                occurred_at=clock.now(),
                data=told[site],
            ),
            clock=clock,
        )
        for site in sorted(told)
    }
