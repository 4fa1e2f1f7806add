"""What a registration and a place can be. PURE."""

from collections.abc import Iterable
from enum import StrEnum

from inventory.kernel.actors import Actor, Role
from inventory.kernel.codes import parse_dea_number
from inventory.kernel.errors import ErrorCode, InventoryError


class FacilityType(StrEnum):
    """What the registered location does; none may switch off its records (AC-02)."""

    INFUSION_CLINIC = "infusion_clinic"
    HOSPITAL = "hospital"
    VETERINARY = "veterinary"


class RecordBasis(StrEnum):
    """Why this registrant keeps records (21 CFR 1304.03; AC-01)."""

    DISPENSER = "dispenser"
    REGULARLY_ADMINISTERS_AND_CHARGES = "regularly_administers_and_charges"
    INSTITUTIONAL = "institutional"
    POLICY = "policy"


class LocationKind(StrEnum):
    """What a place that holds stock is."""

    VAULT = "vault"
    SAFE = "safe"
    CABINET = "cabinet"
    AUTOMATED_CABINET = "automated_cabinet"
    STATION = "station"
    PROCEDURE_ROOM = "procedure_room"
    KIT = "kit"
    VEHICLE = "vehicle"


class LockClass(StrEnum):
    """How a place is secured (21 CFR 1301.72, 1301.75(b); AC-24)."""

    VAULT = "vault"
    SAFE = "safe"
    LOCKED_CABINET = "locked_cabinet"
    AUTOMATED_CABINET = "automated_cabinet"
    LOCKED_CONTAINER = "locked_container"


def registration_number(text: str) -> str:
    """Read the DEA number of a registration in its one canonical form.

    Raises:
        InventoryError: INVALID_CODE; also for a number with a suffix, which names one
            practitioner of an institution and not the registration (AC-22).
    """
    number = parse_dea_number(text, field="dea_number")
    if number.suffix:
        raise InventoryError(
            ErrorCode.INVALID_CODE,
            "A registration has no code after a hyphen: that belongs to one "
            f"practitioner of it. Give {number.base}.",
            field="dea_number",
        )
    return number.base


def require_administrator(actor: Actor) -> None:
    """Let only someone who administers a registration open another one.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if not any(Role.ADMINISTRATOR in roles for roles in actor.roles.values()):
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            "Only an administrator opens a registration. Ask one to do it.",
        )


def require_new_name(name: str, names: Iterable[str]) -> None:
    """Refuse a place whose name differs from another's at most in capitals.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    if name.casefold() in {known.casefold() for known in names}:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f'This registration already has a place called "{name}". '
            "Give each place a name that cannot be mixed up.",
            field="name",
        )
