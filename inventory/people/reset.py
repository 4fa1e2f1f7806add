"""Take every credential of a person away, so that they set new ones by a link."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from inventory.credentials import factors
from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.clock import Clock, format_instant
from inventory.models.credentials import ApiToken, FederatedIdentity, SetupLink
from inventory.models.people import Person
from inventory.people.grants import Decision
from inventory.people.rows import grants_of, lock_sites, snapshot

# For this long what is recorded in the person's name deserves a second look.
WATCHED_FOR: Final = timedelta(days=7)


def reset_credentials(
    db: Session, decision: Decision, person: Person, *, clock: Clock
) -> Appended:
    """End sign-ins, tokens, password and second factors; tell every book.

    The person can do nothing until they used a set-up link.
    """
    now = clock.now()
    here = decision.registration_id
    sites = {here, *(each.registration_id for each in grants_of(db, person.id))}
    lock_sites(db, sites)
    factors.reset(db, person.id, now=now)
    _take_away_the_rest(db, person.id, now)
    watched_until = now + WATCHED_FOR
    raise_alert(
        db,
        sorted(sites),
        AlertKind.ACT_AFTER_RESET,
        person_id=person.id,
        detail=f"The credentials of {person.name} were reset. Look twice at what is "
        f"recorded in this name until {format_instant(watched_until)}.",
        now=now,
    )
    entries = {
        site: book.append(db, _event(decision, site, person, now), clock=clock)
        for site in sorted(sites)
    }
    return entries[here]


def _take_away_the_rest(db: Session, person_id: str, now: datetime) -> None:
    """End tokens, links and the sign-in of another organisation."""
    for table, column in (
        (ApiToken, "revoked_at"),
        (SetupLink, "revoked_at"),
        (FederatedIdentity, "removed_at"),
    ):
        db.execute(
            update(table)
            .where(table.person_id == person_id, getattr(table, column).is_(None))
            .values({column: now})
        )


def _event(decision: Decision, site: str, person: Person, now: datetime) -> AuditEvent:
    return AuditEvent(
        book_id=site,
        tag=Tag.CREDENTIALS_RESET,
        subject=person.id,
        actor=decision.by,
        occurred_at=now,
        data={"person": snapshot(person), **decision.data},
        witness=decision.approval,
    )
