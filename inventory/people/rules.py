"""Who may hold which roles, names and tokens. PURE."""

import re
from collections.abc import Collection
from typing import Final

from inventory.kernel.actors import Actor, Permission, Role
from inventory.kernel.errors import ErrorCode, InventoryError

# Those who record, those who keep the house and those who check are three groups of
# people at one site (invariant I21; 21 CFR 1301.71 weighs supervision of access).
RECORDERS: Final = frozenset({Role.PHARMACIST, Role.CLINICIAN, Role.WITNESS})
EXCLUSIVE: Final = (
    RECORDERS,
    frozenset({Role.ADMINISTRATOR}),
    frozenset({Role.COMPLIANCE_OFFICER}),
)
TOKEN_DAYS_MAX: Final = 366

_SIGN_IN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
_INITIALS: Final = re.compile(r"[A-Z][A-Z0-9]{1,5}")


def require_sign_in_name(text: str) -> None:
    """Refuse a sign-in name that could be mistaken for another.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not _SIGN_IN_NAME.fullmatch(text):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A sign-in name has 2 to 64 small letters, digits and . _ @ + -, "
            'such as "p.miller". It starts with a letter or digit.',
            field="sign_in_name",
        )


def require_initials(text: str) -> None:
    """Refuse initials that cannot stand in the signature register (AC-20).

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not _INITIALS.fullmatch(text):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            'Initials are 2 to 6 capitals and digits, such as "PM" or "PM2".',
            field="initials",
        )


def require_grantable(role: Role, held: Collection[Role], *, is_job: bool) -> None:
    """Refuse a role that does not go with the roles already held at the site.

    Raises:
        InventoryError: ALREADY_EXISTS; INVALID_FIELD for a job's role to a person, a
            person's role to a job, or two roles that check each other.
    """
    if role in held:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This role is already held here. There is nothing to do.",
            field="role",
        )
    if is_job != (role is Role.SCHEDULED_JOB):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A scheduled job holds the role scheduled_job and no other; "
            "a person never holds it. Choose another role or another person.",
            field="role",
        )
    rivals = sorted(other for other in held if _exclude_each_other(role, other))
    if rivals:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"Who is {rivals[0]} here cannot also be {role}: one keeps an eye on "
            "the other. Give the role to someone else.",
            field="role",
            held=[str(rival) for rival in rivals],
        )


def require_token_days(days: int) -> None:
    """Refuse a token that is valid for no day or for longer than a year.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"A token is valid for 1 to {TOKEN_DAYS_MAX} days. "
            "Issue a new one before it ends.",
            field="valid_days",
        )


def require_may_issue(
    actor: Actor, owner_id: str, *, is_job: bool, sites: Collection[str]
) -> None:
    """Let people issue their own tokens, and an administrator those of jobs.

    Whoever issues a token can act as its owner, so nobody issues another person's: an
    entry must lead to one person (21 CFR 11.100(a)).

    Args:
        actor: who asks.
        owner_id: whom the token stands for.
        is_job: whether that is a scheduled job.
        sites: the registrations where the owner holds a role.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if actor.id == owner_id or (is_job and _administers(actor, sites)):
        return
    raise InventoryError(
        ErrorCode.NOT_PERMITTED,
        "A token acts as its owner. People issue their own; "
        "an administrator issues those of scheduled jobs.",
        field="person_id",
    )


def require_may_revoke(actor: Actor, owner_id: str, *, sites: Collection[str]) -> None:
    """Let people revoke their own tokens, and an administrator any token of the site.

    To everyone else the token does not exist.

    Raises:
        InventoryError: NOT_FOUND.
    """
    if actor.id != owner_id and not _administers(actor, sites):
        raise unknown_token()


def unknown_token() -> InventoryError:
    """Say that there is no such token."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such token. Copy its id from the list.",
        field="token_id",
    )


def _administers(actor: Actor, sites: Collection[str]) -> bool:
    return any(actor.may(Permission.MANAGE_PEOPLE, site) for site in sites)


def _exclude_each_other(role: Role, other: Role) -> bool:
    group, rival = _group(role), _group(other)
    return group is not None and rival is not None and group != rival


def _group(role: Role) -> frozenset[Role] | None:
    return next((group for group in EXCLUSIVE if role in group), None)
