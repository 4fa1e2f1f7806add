"""Identities of an organisation's own sign-in service, linked by the person."""

from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from inventory.credentials import refusals
from inventory.credentials.actors import load_actor
from inventory.credentials.changes import tell
from inventory.credentials.identified import Identified, identified_as
from inventory.credentials.means import Means
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.credentials import FederatedIdentity

_log = structlog.get_logger(__name__)


def identify(
    means: Means,
    issuer: str,
    subject: str,
    auth_time: datetime,
    factors: tuple[str, ...],
) -> Identified:
    """Give whoever linked this identity.

    Raises:
        InventoryError: NOT_SIGNED_IN.
    """
    now = means.clock.now()
    with means.database.transaction() as db:
        row = db.scalar(_linked(issuer, subject))
        actor = load_actor(db, row.person_id, now=now) if row else None
        if row is not None and actor is not None:
            row.last_used_at = now
            db.flush()
    if actor is None:
        _log.warning("not_identified", person=None, counters=["federated"])
        raise refusals.not_signed_in()
    _log.info("identified", person=actor.id, factors=factors)
    return identified_as(actor, factors, at=auth_time)


def link_federated(
    db: Session, by: Identified, issuer: str, subject: str, *, clock: Clock
) -> None:
    """Link an identity to the person who is signed in (`Identifier.confirm` before).

    Raises:
        InventoryError: ALREADY_EXISTS when it is linked, or was another person's.
    """
    known = db.get(FederatedIdentity, (issuer, subject), with_for_update=True)
    if known is None:
        db.add(
            FederatedIdentity(
                issuer=issuer,
                subject=subject,
                person_id=by.actor.id,
                linked_at=clock.now(),
            )
        )
    elif known.person_id == by.actor.id and known.removed_at is not None:
        known.removed_at = None
    else:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This identity is, or was, linked to a person here already. "
            "Ask your organisation for another one.",
            field="subject",
        )
    db.flush()
    tell(db, by.actor, "identity_linked", label=issuer, clock=clock)


def unlink_federated(
    db: Session, by: Identified, issuer: str, subject: str, *, clock: Clock
) -> None:
    """Take a link away.

    Raises:
        InventoryError: NOT_FOUND.
    """
    theirs = update(FederatedIdentity).where(
        FederatedIdentity.issuer == issuer,
        FederatedIdentity.subject == subject,
        FederatedIdentity.person_id == by.actor.id,
        FederatedIdentity.removed_at.is_(None),
    )
    done = cast("CursorResult[Any]", db.execute(theirs.values(removed_at=clock.now())))
    if done.rowcount != 1:
        raise InventoryError(
            ErrorCode.NOT_FOUND, "This identity is not linked to you. Look again."
        )
    tell(db, by.actor, "identity_unlinked", label=issuer, clock=clock)


def _linked(issuer: str, subject: str) -> Any:
    return select(FederatedIdentity).where(
        FederatedIdentity.issuer == issuer,
        FederatedIdentity.subject == subject,
        FederatedIdentity.removed_at.is_(None),
    )
