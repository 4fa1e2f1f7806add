"""Who acts, what they may do where, and the two-person rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError


class Role(StrEnum):
    """What a person is at one registration."""

    PHARMACIST = "pharmacist"
    CLINICIAN = "clinician"
    WITNESS = "witness"
    COMPLIANCE_OFFICER = "compliance_officer"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    SCHEDULED_JOB = "scheduled_job"


class Permission(StrEnum):
    """One verb of the product; every endpoint states which one it needs."""

    READ_BOOKS = "read_books"
    READ_REPORTS = "read_reports"
    RECEIVE = "receive"
    TAKE_INITIAL_INVENTORY = "take_initial_inventory"
    RUN_SESSION = "run_session"
    RECORD_WASTE = "record_waste"
    WITNESS = "witness"
    COUNT = "count"
    RECONCILE = "reconcile"
    REDACT = "redact"
    MANAGE_SITES = "manage_sites"
    MANAGE_PEOPLE = "manage_people"


_P = Permission

ROLE_PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.PHARMACIST: frozenset(
        {
            _P.READ_BOOKS,
            _P.READ_REPORTS,
            _P.RECEIVE,
            _P.TAKE_INITIAL_INVENTORY,
            _P.RUN_SESSION,
            _P.RECORD_WASTE,
            _P.WITNESS,
            _P.COUNT,
        }
    ),
    Role.CLINICIAN: frozenset(
        {_P.READ_BOOKS, _P.RUN_SESSION, _P.RECORD_WASTE, _P.WITNESS, _P.COUNT}
    ),
    Role.WITNESS: frozenset({_P.WITNESS}),
    Role.COMPLIANCE_OFFICER: frozenset(
        {_P.READ_BOOKS, _P.READ_REPORTS, _P.COUNT, _P.RECONCILE, _P.REDACT}
    ),
    # An administrator keeps the house and never touches the stock (invariant I21).
    Role.ADMINISTRATOR: frozenset({_P.MANAGE_SITES, _P.MANAGE_PEOPLE}),
    Role.INSPECTOR: frozenset({_P.READ_BOOKS, _P.READ_REPORTS}),
    Role.SCHEDULED_JOB: frozenset({_P.READ_BOOKS, _P.RECONCILE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, or a scheduled job, as the books name them at this moment.

    Attributes:
        id: the person's id.
        name: printed name, snapshotted into every entry (21 CFR 1304.22(c)).
        initials: as in the signature register (AC-20).
        roles: registration id -> the roles held there.
    """

    id: str
    name: str
    initials: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def may(self, permission: Permission, registration_id: str) -> bool:
        """Tell whether any role held at the registration carries the permission."""
        held = self.roles.get(registration_id, frozenset())
        return any(permission in ROLE_PERMISSIONS[role] for role in held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a person proved who they are over exactly one entry.

    Made only by `inventory.credentials`; a handler that needs a second person takes a
    Proof, never a bare name (decision 0007).

    Attributes:
        person: who proved it.
        digest: SHA-256, hex, of the canonical entry they were shown.
        factors: what they used, such as ("password",).
        proven_at: when, by the server's clock, UTC.
    """

    person: Actor
    digest: str
    factors: tuple[str, ...]
    proven_at: datetime


def require_permission(
    actor: Actor, permission: Permission, registration_id: str
) -> None:
    """Refuse an actor without the permission at the registration.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if not actor.may(permission, registration_id):
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            f"Your roles here do not allow this ({permission.value}). "
            "Ask the manager of this site for the role, or for a colleague who has it.",
            permission=permission.value,
        )


def require_two_people(
    actor_id: str, witness: Proof, *, registration_id: str, digest: str
) -> None:
    """Enforce the two-person rule (decision 0007, invariant I19).

    The witness is another person, entitled at this registration, and proved their
    identity over the digest of exactly this entry.

    Raises:
        InventoryError: WITNESS_IS_ACTOR, WITNESS_NOT_ENTITLED,
            WITNESS_SAW_ANOTHER_ENTRY.
    """
    if witness.person.id == actor_id:
        raise InventoryError(
            ErrorCode.WITNESS_IS_ACTOR,
            "The witness must be a second person. Ask a colleague to sign.",
            field="witness",
        )
    if not witness.person.may(Permission.WITNESS, registration_id):
        raise InventoryError(
            ErrorCode.WITNESS_NOT_ENTITLED,
            f"{witness.person.name} may not witness at this site. "
            "Ask a colleague who has the witness right here.",
            field="witness",
        )
    if witness.digest != digest:
        raise InventoryError(
            ErrorCode.WITNESS_SAW_ANOTHER_ENTRY,
            "The entry differs from the one the witness was shown. "
            "Show it again and let the witness sign what it says now.",
            field="digest",
        )
