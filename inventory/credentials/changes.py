"""Tell every book a person works in that a credential of theirs changed."""

from sqlalchemy.orm import Session

from inventory.credentials.records import registrations_of
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Meaning
from inventory.kernel.clock import Clock


def tell(
    db: Session,
    actor: Actor,
    what: str,
    *,
    label: str | None = None,
    key_sha256: str | None = None,
    also_in: str | None = None,
    clock: Clock,
) -> None:
    """Append `credential:changed` to the books of the person who changed it.

    Args:
        db: the open transaction.
        actor: whose it is, and who did it.
        what: such as `password_set`, `authenticator_added`, `passkey_removed`.
        label: what its owner calls it.
        key_sha256: of a passkey's public key, which its signatures carry.
        also_in: a registration where the person is to work, and holds no role yet.
        clock: gives the time.
    """
    told = {"what": what, "label": label, "key_sha256": key_sha256}
    books = {*registrations_of(db, actor.id), *([also_in] if also_in else [])}
    for book_id in sorted(books):
        event = AuditEvent(
            book_id=book_id,
            tag=Tag.CREDENTIAL_CHANGED,
            subject=actor.id,
            actor=actor,
            occurred_at=clock.now(),
            data={name: value for name, value in told.items() if value is not None},
            meaning=Meaning.RESPONSIBILITY,
        )
        book.append(db, event, clock=clock)
