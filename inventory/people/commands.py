"""Add people and scheduled jobs, and give them roles."""

from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inventory.credentials.passwords import Passwords
from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor, Permission, Role, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.people import Grant, Person
from inventory.people import rules

PERSON, JOB = "person", "job"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Enter a person into the signature register (AC-20)."""

    registration_id: str
    sign_in_name: str
    name: str
    initials: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddJob:
    """Enter a scheduled job: named in the books like a person, with no password."""

    registration_id: str
    sign_in_name: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    """Someone the books can name; what they may do is granted separately."""

    person_id: str
    kind: str
    sign_in_name: str
    name: str
    initials: str
    recorded: Appended


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Give a person or job a role at one registration."""

    registration_id: str
    person_id: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted:
    """The role that is now held, and the entry that says so."""

    person_id: str
    role: str
    recorded: Appended


def add_person(
    db: Session, command: AddPerson, *, actor: Actor, clock: Clock, passwords: Passwords
) -> PersonAdded:
    """Add a person, who can sign in and may do nothing yet.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, ALREADY_EXISTS.
    """
    require_permission(actor, Permission.MANAGE_PEOPLE, command.registration_id)
    password_hash = passwords.hash(command.password)
    return _add(
        db,
        command,
        actor=actor,
        clock=clock,
        kind=PERSON,
        password_hash=password_hash,
    )


def add_job(db: Session, command: AddJob, *, actor: Actor, clock: Clock) -> PersonAdded:
    """Add a scheduled job, which acts by a token alone.

    Raises:
        InventoryError: NOT_PERMITTED, INVALID_FIELD, ALREADY_EXISTS.
    """
    require_permission(actor, Permission.MANAGE_PEOPLE, command.registration_id)
    return _add(db, command, actor=actor, clock=clock, kind=JOB, password_hash=None)


def grant_role(
    db: Session, command: GrantRole, *, actor: Actor, clock: Clock
) -> RoleGranted:
    """Grant a role, judged against those the person already holds at the site.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS, INVALID_FIELD.
    """
    registration_id = command.registration_id
    require_permission(actor, Permission.MANAGE_PEOPLE, registration_id)
    person = _lock_person(db, command.person_id)
    held = db.scalars(
        select(Grant.role).where(
            Grant.person_id == person.id, Grant.registration_id == registration_id
        )
    )
    role = Role(command.role)
    rules.require_grantable(role, [Role(each) for each in held], is_job=_is_job(person))
    db.add(
        Grant(
            person_id=person.id,
            registration_id=registration_id,
            role=role.value,
            granted_at=clock.now(),
        )
    )
    db.flush()
    event = AuditEvent(
        book_id=registration_id,
        tag=Tag.ROLE_GRANTED,
        subject=person.id,
        actor=actor,
        occurred_at=clock.now(),
        data={"role": role.value, "person": _snapshot(person)},
    )
    return RoleGranted(
        person_id=person.id,
        role=role.value,
        recorded=book.append(db, event, clock=clock),
    )


def _add(
    db: Session,
    command: AddPerson | AddJob,
    *,
    actor: Actor,
    clock: Clock,
    kind: str,
    password_hash: str | None,
) -> PersonAdded:
    rules.require_sign_in_name(command.sign_in_name)
    rules.require_initials(command.initials)
    _require_unused(db, command.sign_in_name, command.initials)
    now = clock.now()
    person = Person(
        id=new_id("per", now),
        kind=kind,
        sign_in_name=command.sign_in_name,
        name=command.name,
        initials=command.initials,
        password_hash=password_hash,
        created_at=now,
    )
    db.add(person)
    db.flush()
    event = AuditEvent(
        book_id=command.registration_id,
        tag=Tag.PERSON_ADDED,
        subject=person.id,
        actor=actor,
        occurred_at=now,
        data={"person": _snapshot(person)},
    )
    return PersonAdded(
        person_id=person.id,
        kind=kind,
        sign_in_name=person.sign_in_name,
        name=person.name,
        initials=person.initials,
        recorded=book.append(db, event, clock=clock),
    )


def _require_unused(db: Session, sign_in_name: str, initials: str) -> None:
    """Names and initials lead to one person for ever, also after they have left."""
    known = db.scalars(
        select(Person).where(
            or_(Person.sign_in_name == sign_in_name, Person.initials == initials)
        )
    ).first()
    if known is None:
        return
    field = "initials" if known.initials == initials else "sign_in_name"
    raise InventoryError(
        ErrorCode.ALREADY_EXISTS,
        "Someone in the signature register has this already, and it stays theirs "
        "for ever. Add a letter or a digit.",
        field=field,
    )


def _lock_person(db: Session, person_id: str) -> Person:
    person = db.scalar(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    )
    if person is None or person.disabled_at is not None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such person. Add the person first.",
            field="person_id",
        )
    return person


def _snapshot(person: Person) -> dict[str, str]:
    return {
        "id": person.id,
        "kind": person.kind,
        "sign_in_name": person.sign_in_name,
        "name": person.name,
        "initials": person.initials,
    }


def _is_job(person: Person) -> bool:
    return person.kind == JOB
