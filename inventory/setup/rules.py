"""What a plan must say before a clinic is founded from it. PURE."""

from collections.abc import Sequence

from inventory.kernel.actors import ROLE_PERMISSIONS, Permission
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.people.rules import is_stock_role
from inventory.setup.plan import PlannedPerson


def require_complete(people: Sequence[PlannedPerson]) -> None:
    """Refuse a plan that leaves a clinic without somebody it needs.

    Raises:
        InventoryError: INVALID_FIELD when nobody could ask for a role or nobody could
            approve it, or when a person's record is not complete.
    """
    if not _anybody(people, Permission.MANAGE_PEOPLE):
        raise _incomplete(
            "people", "Somebody must be the administrator: give one person that role."
        )
    if not _anybody(people, Permission.APPROVE_ACCESS):
        raise _incomplete(
            "people",
            "Somebody must approve what the administrator asks for: make another "
            "person manager or compliance officer.",
        )
    for number, person in enumerate(people):
        _require_ready(f"people.{number}", person)


def _require_ready(at: str, person: PlannedPerson) -> None:
    if any(is_stock_role(role) for role in person.roles):
        if person.screened_on is None:
            raise _incomplete(
                f"{at}.screened_on",
                f"{person.name} will have access to stock: say on which day the "
                "person was screened (21 CFR 1301.76(a)).",
            )
        if person.trained_until is None:
            raise _incomplete(
                f"{at}.trained_until",
                f"{person.name} will have access to stock: say until which day the "
                "person's training counts.",
            )
    if person.accepted_policy and person.password is None:
        raise _incomplete(
            f"{at}.accepted_policy",
            "Whoever gets a set-up link accepts the policy then. Leave this out.",
        )


def _anybody(people: Sequence[PlannedPerson], permission: Permission) -> bool:
    return any(
        permission in ROLE_PERMISSIONS[role]
        for person in people
        for role in person.roles
    )


def _incomplete(field: str, sentence: str) -> InventoryError:
    return InventoryError(ErrorCode.INVALID_FIELD, sentence, field=field)
