"""Who may issue, revoke and register what, and how far a token reaches. PURE."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from inventory.kernel.actors import ROLE_PERMISSIONS, Actor, Permission, Role
from inventory.kernel.errors import ErrorCode, InventoryError

TOKEN_DAYS_MAX: Final = 366
LABEL_LENGTH_MAX: Final = 60

Roles = Mapping[str, frozenset[Role]]


def require_label(text: str) -> None:
    """Refuse a label that could not be read in a list.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    plain = text.isprintable() and text == text.strip()
    if not plain or not 1 <= len(text) <= LABEL_LENGTH_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"A label is one line of 1 to {LABEL_LENGTH_MAX} characters "
            'that says what this is, such as "Procedure room tablet".',
            field="label",
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


def sites_reached(roles: Roles, registration_id: str | None) -> list[str]:
    """Give the registrations that a token reaches, sorted.

    Args:
        roles: what its owner holds, by registration.
        registration_id: the one it is for; None for all of the owner's.

    Raises:
        InventoryError: NOT_FOUND for a registration where the owner holds no role;
            INVALID_FIELD for an owner who holds none anywhere.
    """
    if registration_id is not None and registration_id not in roles:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such registration among those where the owner holds a role. "
            "Check its identifier.",
            field="registration_id",
        )
    if not roles:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "Whoever holds no role anywhere has no use for a token. "
            "Have a role granted first.",
            field="person_id",
        )
    return sorted(roles) if registration_id is None else [registration_id]


def require_carried(
    permissions: Collection[Permission] | None, roles: Roles, sites: Iterable[str]
) -> None:
    """Refuse a token for something that its owner may not do where it reaches.

    Raises:
        InventoryError: INVALID_FIELD, naming what is not carried.
    """
    if permissions is None:
        return
    carried = frozenset[Permission]().union(
        *(ROLE_PERMISSIONS[role] for site in sites for role in roles[site])
    )
    missing = sorted(set(permissions) - carried)
    if missing or not permissions:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A token allows at least one thing that its owner may do there "
            f"({', '.join(sorted(carried))}). Leave out what the owner may not.",
            field="permissions",
            not_carried=missing,
        )


def require_may_issue(
    actor: Actor, owner_id: str, *, is_job: bool, sites: Iterable[str]
) -> None:
    """Let people issue their own tokens, and an administrator those of jobs.

    Whoever issues a token can act as its owner, so nobody issues another person's: an
    entry must lead to one person (21 CFR 11.100(a)).

    Args:
        actor: who asks.
        owner_id: whom the token stands for.
        is_job: whether that is a scheduled job.
        sites: the registrations that the token reaches.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if actor.id == owner_id:
        return
    if is_job and all(actor.may(Permission.MANAGE_PEOPLE, site) for site in sites):
        return
    raise InventoryError(
        ErrorCode.NOT_PERMITTED,
        "A token acts as its owner. People issue their own; an administrator issues "
        "those of scheduled jobs, for the sites that the administrator looks after.",
        field="person_id",
    )


def require_may_revoke(
    actor: Actor, token_id: str, owner_id: str, *, sites: Iterable[str]
) -> None:
    """Let people revoke their own tokens, and an administrator any token of the site.

    A token that is for listed permissions alone revokes none but itself. To everyone
    else the token does not exist.

    Raises:
        InventoryError: NOT_FOUND.
    """
    if actor.id == owner_id:
        if actor.allowed is None or actor.known_by.source == token_id:
            return
    elif any(actor.may(Permission.MANAGE_PEOPLE, site) for site in sites):
        return
    raise unknown_token()


def unknown_token() -> InventoryError:
    """Say that there is no such token."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such token. Copy its id from the list.",
        field="token_id",
    )


def unknown_terminal() -> InventoryError:
    """Say that there is no such terminal at this site."""
    return InventoryError(
        ErrorCode.NOT_FOUND,
        "There is no such terminal at this site. Copy its id from the list.",
        field="terminal_id",
    )


def label_taken() -> InventoryError:
    """Say that a terminal of the site has this label, or had it."""
    return InventoryError(
        ErrorCode.ALREADY_EXISTS,
        "A terminal of this site has or had this label, and entries name it. "
        "Choose another.",
        field="label",
    )
