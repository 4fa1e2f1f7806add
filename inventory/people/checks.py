"""What a change of access must find in the books: when asked, and when approved."""

from datetime import datetime

from sqlalchemy.orm import Session

from inventory.kernel.actors import (
    ROLE_PERMISSIONS,
    Actor,
    Permission,
    Role,
)
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Grant, Membership, Person
from inventory.people import rules
from inventory.people.rows import (
    PERSON,
    count_others,
    grants_of,
    in_force,
    require_active,
)

# Without these nobody could ask for a role, or approve one, ever again.
_NEVER_NOBODY = (Permission.MANAGE_PEOPLE, Permission.APPROVE_ACCESS)


def require_granting(
    db: Session, person: Person, member: Membership, role: Role, *, now: datetime
) -> None:
    """Refuse a role that the person cannot be given as things stand.

    Raises:
        InventoryError: INVALID_FIELD, ALREADY_EXISTS.
    """
    require_active(person)
    grants = grants_of(db, person.id, member.registration_id)
    held = [Role(each.role) for each in grants if in_force(each, now)]
    rules.require_grantable(role, held, is_job=person.kind != PERSON)
    rules.require_screened(role, member.screened_on)


def find_grant(db: Session, person: Person, registration_id: str, role: Role) -> Grant:
    """Give the role of a person that is to end.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    for grant in grants_of(db, person.id, registration_id):
        if grant.role == role:
            return grant
    raise InventoryError(
        ErrorCode.INVALID_FIELD,
        f"{person.name} is not {role} here. Choose a role that is held.",
        field="role",
    )


def require_ending(db: Session, grant: Grant, *, now: datetime) -> None:
    """Refuse to end the role of the last who may ask, or the last who may approve.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    carried = ROLE_PERMISSIONS[Role(grant.role)]
    for permission in _NEVER_NOBODY:
        if permission in carried:
            left = count_others(
                db,
                grant.registration_id,
                permission,
                but=(Grant.id != grant.id,),
                now=now,
            )
            rules.require_somebody_left(permission, left)


def require_resetting(db: Session, person: Person, *, by: Actor) -> None:
    """Refuse to reset whom other sites rely on, unless one keeps house there too.

    A person has one credential for all sites: who could replace it at one site could
    sign as that person at all others.

    Raises:
        InventoryError: INVALID_FIELD, NOT_PERMITTED.
    """
    require_active(person)
    if person.kind != PERSON:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A job has no password. Revoke its token and issue another.",
            field="person_id",
        )
    require_everywhere(db, person, by, Permission.MANAGE_PEOPLE)


def require_everywhere(
    db: Session, person: Person, actor: Actor, permission: Permission
) -> None:
    """Refuse somebody who lacks a permission at a site where the person has a role.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    sites = {grant.registration_id for grant in grants_of(db, person.id)}
    if not all(actor.may(permission, site) for site in sites):
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            f"{person.name} works at another site too, where you may not do this "
            f"({permission.value}). Ask somebody who may at every site, or let the "
            "other roles end first.",
            permission=permission.value,
        )
