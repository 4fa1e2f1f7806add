"""Who may say that an alert was looked into. PURE."""

from inventory.kernel.actors import ROLE_PERMISSIONS, Actor, Permission, Role
from inventory.kernel.errors import ErrorCode, InventoryError


def may_acknowledge(actor: Actor, registration_id: str, about: str | None) -> bool:
    """Tell whether a person may look into an alert: not their own, nor as inspector.

    Args:
        actor: who.
        registration_id: whose site.
        about: the person the alert is about, if any.
    """
    roles = actor.roles.get(registration_id, frozenset()) - {Role.INSPECTOR}
    reads = any(Permission.READ_ACCESS in ROLE_PERMISSIONS[role] for role in roles)
    return reads and actor.id != about


def require_may_acknowledge(
    actor: Actor, registration_id: str, about: str | None
) -> None:
    """Refuse whom the alert is about, and whoever only inspects.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if not may_acknowledge(actor, registration_id, about):
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            "Somebody of this site looks into an alert, and nobody into one about "
            "themselves. Ask a colleague who may read the access of this site.",
            permission=Permission.READ_ACCESS.value,
        )


def require_open(acknowledged_by: str | None) -> None:
    """Refuse an alert that somebody has looked into already.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    if acknowledged_by is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "Somebody has acknowledged this alert already. Look at the list again.",
            field="alert_id",
        )
