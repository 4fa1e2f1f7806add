"""Accept the signature policy: before the first signature, and when its text changes.

Source: 21 CFR 11.10(j).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials.policy import POLICY_VERSION
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Meaning
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Membership


def accept_policy(
    db: Session, actor: Actor, registration_id: str, *, clock: Clock
) -> Appended:
    """Record that a person accepts the policy as it reads now, at one site.

    Raises:
        InventoryError: NOT_FOUND where the person stands in no register.
    """
    return note_acceptance(db, actor.id, registration_id, by=actor, clock=clock)


def note_acceptance(
    db: Session, person_id: str, registration_id: str, *, by: Actor, clock: Clock
) -> Appended:
    """Record an acceptance that somebody attests; at the founding of books only.

    Raises:
        InventoryError: NOT_FOUND where the person stands in no register.
    """
    member = db.scalar(
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.registration_id == registration_id,
        )
        .with_for_update(key_share=True)
    )
    if member is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such registration among those you work at.",
        )
    now = clock.now()
    member.policy_version, member.policy_accepted_at = POLICY_VERSION, now
    db.flush()
    event = AuditEvent(
        book_id=registration_id,
        tag=Tag.POLICY_ACCEPTED,
        subject=person_id,
        actor=by,
        occurred_at=now,
        data={"version": POLICY_VERSION},
        meaning=Meaning.RESPONSIBILITY,
    )
    return book.append(db, event, clock=clock)
