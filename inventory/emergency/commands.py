"""Starting, ending and reviewing emergency access."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.emergency import rules
from inventory.emergency.rows import (
    access_facts,
    find_running,
    lock_access,
    lock_person_here,
    read_history,
)
from inventory.emergency.shown import made_under, write_entry
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.canonical import digest
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import SaltedText, salted
from inventory.kernel.actors import (
    Actor,
    Meaning,
    Permission,
    Proof,
    require_permission,
)
from inventory.kernel.clock import Clock, format_instant
from inventory.kernel.identifiers import new_id
from inventory.models.access import Alert, EmergencyAccess

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEmergency:
    """Take a clinician's rights at a site for an hour, and say why."""

    registration_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyStarted:
    """An emergency access that runs, and until when."""

    access_id: str
    started_at: datetime
    ends_at: datetime
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEmergency:
    """Give one's own emergency access back before its time."""

    registration_id: str
    access_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyEnded:
    """An emergency access that is over; its review is still to come."""

    access_id: str
    ended_at: datetime
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEmergency:
    """Say of somebody else's emergency access whether it was justified.

    Attributes:
        registration_id: whose site.
        access_id: which one.
        finding: justified or not.
        words: why.
        signature: the reviewer's, with all components, over what they were shown.
    """

    registration_id: str
    access_id: str
    finding: rules.Finding
    words: str
    signature: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyReviewed:
    """An emergency access that somebody else answers for having read."""

    access_id: str
    finding: rules.Finding
    reviewed_by: str
    recorded: Appended


def start_emergency(
    db: Session, command: StartEmergency, *, actor: Actor, clock: Clock
) -> EmergencyStarted:
    """Give a person a clinician's rights for an hour, whatever has lapsed.

    Raises:
        InventoryError: NOT_PERMITTED, EMERGENCY_RUNNING.
    """
    here, now = command.registration_id, clock.now()
    require_permission(actor, Permission.START_EMERGENCY, here)
    lock_person_here(db, actor.id, here)
    rules.require_none_running(find_running(db, here, actor.id, now=now))
    access = EmergencyAccess(
        id=new_id("emg", now),
        registration_id=here,
        person_id=actor.id,
        started_at=now,
        ends_at=now + rules.LASTS,
    )
    db.add(access)
    db.flush()
    kind = AlertKind.EMERGENCY_STARTED
    raise_alert(db, [here], kind, person_id=actor.id, detail=access.id, now=now)
    lapses = sorted(lapse.value for lapse in actor.lapses.get(here, ()))
    _log.warning(
        "emergency_started", access=access.id, registration=here, person=actor.id
    )
    data = {"ends_at": format_instant(access.ends_at), "lapses": lapses}
    texts = {"reason": salted(command.reason)}
    event = _event(access, Tag.EMERGENCY_STARTED, data, actor, now, texts=texts)
    return EmergencyStarted(
        access_id=access.id,
        started_at=now,
        ends_at=access.ends_at,
        recorded=book.append(db, event, clock=clock),
    )


def end_emergency(
    db: Session, command: EndEmergency, *, actor: Actor, clock: Clock
) -> EmergencyEnded:
    """End one's own emergency access; the very next request goes without it.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND (also for somebody else's),
            EMERGENCY_NOT_RUNNING.
    """
    here, now = command.registration_id, clock.now()
    require_permission(actor, Permission.START_EMERGENCY, here)
    access = lock_access(db, here, command.access_id, of=actor.id)
    rules.require_running(access_facts(access), now)
    access.ended_at = now
    db.flush()
    event = _event(access, Tag.EMERGENCY_ENDED, {}, actor, now)
    return EmergencyEnded(
        access_id=access.id,
        ended_at=now,
        recorded=book.append(db, event, clock=clock),
    )


def review_emergency(
    db: Session, command: ReviewEmergency, *, actor: Actor, clock: Clock
) -> EmergencyReviewed:
    """Close the task of an emergency access with a finding, signed by another person.

    The head of the book is locked before the list is read anew, so that nothing can be
    added to it between the reading and the signature.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, or as `rules.check_review` and
            `rules.require_same_entries`.
    """
    here, now = command.registration_id, clock.now()
    require_permission(actor, Permission.REVIEW_EMERGENCY, here)
    row = lock_access(db, here, command.access_id)
    access, signature = access_facts(row), command.signature
    rules.check_review(access, actor.id, signature, now=now)
    book.lock_head(db, here)
    history = read_history(db, access)
    entry = write_entry(access, history, made_under(db, access, history))
    rules.require_same_entries(signature, digest(entry))
    row.reviewed_by, row.reviewed_at = actor.id, now
    db.flush()
    _settle_alerts(db, row)
    data = {
        "entry": entry,
        "finding": command.finding.value,
        "signature": book.signature(signature, here),
    }
    texts = {"words": salted(command.words)}
    event = _event(
        row,
        Tag.EMERGENCY_REVIEWED,
        data,
        _signing(actor, signature),
        now,
        meaning=Meaning.REVIEW,
        texts=texts,
    )
    return EmergencyReviewed(
        access_id=row.id,
        finding=command.finding,
        reviewed_by=actor.name,
        recorded=book.append(db, event, clock=clock),
    )


def _settle_alerts(db: Session, access: EmergencyAccess) -> None:
    """Acknowledge what asked for this review: whoever signed it has looked."""
    db.execute(
        update(Alert)
        .where(
            Alert.registration_id == access.registration_id,
            Alert.detail == access.id,
            Alert.acknowledged_at.is_(None),
        )
        .values(acknowledged_by=access.reviewed_by, acknowledged_at=access.reviewed_at)
    )


def _signing(actor: Actor, signature: Proof) -> Actor:
    """Give the actor as known by what they signed with, too."""
    factors = tuple(dict.fromkeys((*actor.known_by.factors, *signature.factors)))
    return replace(actor, known_by=replace(actor.known_by, factors=factors))


def _event(
    access: EmergencyAccess,
    tag: Tag,
    data: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    meaning: Meaning = Meaning.AUTHORSHIP,
    texts: Mapping[str, SaltedText] | None = None,
) -> AuditEvent:
    return AuditEvent(
        book_id=access.registration_id,
        tag=tag,
        subject=access.id,
        actor=actor,
        occurred_at=now,
        data=data,
        meaning=meaning,
        texts=texts or {},
    )
