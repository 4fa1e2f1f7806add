"""Enter people and scheduled jobs into the signature register of a site."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.people import Membership, Person
from inventory.people import rules
from inventory.people.rows import JOB, PERSON, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Enter a person into the signature register (AC-20).

    Whoever stands in another site's register with exactly these three joins this one.
    """

    registration_id: str
    sign_in_name: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddJob(AddPerson):
    """Enter a scheduled job: named in the books like a person, acting by a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    """Someone the books can name; what they may do is asked for separately."""

    person_id: str
    kind: str
    sign_in_name: str
    name: str
    initials: str
    recorded: Appended


def add_person(
    db: Session, command: AddPerson, *, actor: Actor, clock: Clock
) -> PersonAdded:
    """Add a person, who may do nothing yet and sets a password by a set-up link.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, ALREADY_EXISTS.
    """
    return _add(db, command, PERSON, actor=actor, clock=clock)


def add_job(db: Session, command: AddJob, *, actor: Actor, clock: Clock) -> PersonAdded:
    """Add a scheduled job, which acts by a token alone.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, ALREADY_EXISTS.
    """
    return _add(db, command, JOB, actor=actor, clock=clock)


def _add(
    db: Session, command: AddPerson, kind: str, *, actor: Actor, clock: Clock
) -> PersonAdded:
    require_permission(actor, Permission.MANAGE_PEOPLE, command.registration_id)
    rules.require_sign_in_name(command.sign_in_name)
    rules.require_initials(command.initials)
    person = _known(db, command, kind)
    is_new = person is None
    person = person or _enter(db, command, kind, clock)
    _join(db, person, command.registration_id)
    event = AuditEvent(
        book_id=command.registration_id,
        tag=Tag.PERSON_ADDED,
        subject=person.id,
        actor=actor,
        occurred_at=clock.now(),
        data={"person": snapshot(person), "is_new": is_new},
    )
    return PersonAdded(
        person_id=person.id,
        kind=kind,
        sign_in_name=person.sign_in_name,
        name=person.name,
        initials=person.initials,
        recorded=book.append(db, event, clock=clock),
    )


def _known(db: Session, command: AddPerson, kind: str) -> Person | None:
    """Find who has the name or the initials: for ever, also after they have left.

    Raises:
        InventoryError: ALREADY_EXISTS unless it is the very same person.
    """
    known = db.scalars(
        select(Person)
        .where(
            or_(
                Person.sign_in_name == command.sign_in_name,
                Person.initials == command.initials,
            )
        )
        .with_for_update(key_share=True)
    ).first()
    if known is None:
        return None
    register = known.kind, known.sign_in_name, known.name, known.initials
    asked = kind, command.sign_in_name, command.name, command.initials
    if register != asked or known.disabled_at is not None:
        raise _taken("initials" if known.initials == asked[-1] else "sign_in_name")
    return known


def _enter(db: Session, command: AddPerson, kind: str, clock: Clock) -> Person:
    now = clock.now()
    person = Person(
        id=new_id("per", now),
        kind=kind,
        sign_in_name=command.sign_in_name,
        name=command.name,
        initials=command.initials,
        created_at=now,
    )
    db.add(person)
    db.flush()
    return person


def _join(db: Session, person: Person, registration_id: str) -> None:
    if db.get(Membership, (person.id, registration_id)) is not None:
        raise _taken("sign_in_name")
    db.add(Membership(person_id=person.id, registration_id=registration_id))
    db.flush()


def _taken(field: str) -> InventoryError:
    return InventoryError(
        ErrorCode.ALREADY_EXISTS,
        "Someone in the signature register has this already, and it stays theirs "
        "for ever. Add a letter or a digit.",
        field=field,
    )
