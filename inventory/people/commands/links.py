"""Make a set-up link: the administrator hands it over and never learns a password.

A page or the command line shows the secret once. No API does: its answers are kept.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials import setup_links
from inventory.credentials.factors import RESET
from inventory.credentials.setup_links import LinkIssued
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.models.access import AccessRequest
from inventory.models.people import Person
from inventory.people.checks import require_everywhere
from inventory.people.commands.founding import FOUNDER_ID
from inventory.people.rows import lock_member, require_active
from inventory.people.rules import RequestKind, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSetupLink:
    """Let a person without a password set one."""

    registration_id: str
    person_id: str


def make_setup_link(
    db: Session, command: MakeSetupLink, *, actor: Actor, clock: Clock
) -> LinkIssued:
    """Make a link for a new person, or after an approved reset; earlier ones end.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD for somebody disabled;
            ALREADY_EXISTS for somebody who has a password.
    """
    here = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, here)
    person, _ = lock_member(db, here, command.person_id)
    require_active(person)
    if actor.id != FOUNDER_ID:
        require_everywhere(db, person, actor, Permission.MANAGE_PEOPLE)
    approver = _approver_of_reset(db, person)
    return setup_links.issue(
        db,
        person.id,
        here,
        purpose=RESET if approver else setup_links.FIRST,
        created_by=actor.id,
        approved_by=approver,
        now=clock.now(),
    )


def _approver_of_reset(db: Session, person: Person) -> str | None:
    """Give who approved the last reset; None for somebody who never had one."""
    return db.scalar(
        select(AccessRequest.decided_by)
        .where(
            AccessRequest.person_id == person.id,
            AccessRequest.kind == RequestKind.RESET_CREDENTIALS.value,
            AccessRequest.state == RequestState.APPROVED.value,
        )
        .order_by(AccessRequest.decided_at.desc())
        .limit(1)
    )
