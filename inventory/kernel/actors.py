"""Who acts, what they may do where, how they sign, and the two-person rule."""

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
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    SCHEDULED_JOB = "scheduled_job"


class Permission(StrEnum):
    """One verb of the product; every endpoint states which one it needs."""

    READ_BOOKS = "read_books"
    READ_PLACES = "read_places"
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
    APPROVE_ACCESS = "approve_access"
    READ_ACCESS = "read_access"
    MANAGE_TERMINALS = "manage_terminals"
    START_EMERGENCY = "start_emergency"
    REVIEW_EMERGENCY = "review_emergency"


# What touches stock, or signs for somebody who does: only for people who were screened
# (AC-25), are trained (21 CFR 11.10(i)) and accepted what their signature means
# (11.10(j)).
STOCK_PERMISSIONS: Final = frozenset(
    {
        Permission.RECEIVE,
        Permission.TAKE_INITIAL_INVENTORY,
        Permission.RUN_SESSION,
        Permission.RECORD_WASTE,
        Permission.WITNESS,
        Permission.COUNT,
    }
)


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50(a)(3))."""

    AUTHORSHIP = "authorship"
    WITNESS = "witness"
    REVIEW = "review"
    APPROVAL = "approval"
    RESPONSIBILITY = "responsibility"


class Lapse(StrEnum):
    """Why a person may not touch stock at a site for now."""

    NOT_SCREENED = "not_screened"
    NOT_TRAINED = "not_trained"
    POLICY_NOT_ACCEPTED = "policy_not_accepted"


_P = Permission

ROLE_PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.PHARMACIST: frozenset(
        {
            _P.READ_BOOKS,
            _P.READ_PLACES,
            _P.READ_REPORTS,
            _P.RECEIVE,
            _P.TAKE_INITIAL_INVENTORY,
            _P.RUN_SESSION,
            _P.RECORD_WASTE,
            _P.WITNESS,
            _P.COUNT,
            _P.START_EMERGENCY,
        }
    ),
    Role.CLINICIAN: frozenset(
        {
            _P.READ_BOOKS,
            _P.READ_PLACES,
            _P.RUN_SESSION,
            _P.RECORD_WASTE,
            _P.WITNESS,
            _P.COUNT,
            _P.START_EMERGENCY,
        }
    ),
    Role.WITNESS: frozenset({_P.WITNESS, _P.START_EMERGENCY}),
    Role.COMPLIANCE_OFFICER: frozenset(
        {
            _P.READ_BOOKS,
            _P.READ_PLACES,
            _P.READ_REPORTS,
            _P.COUNT,
            _P.RECONCILE,
            _P.REDACT,
            _P.APPROVE_ACCESS,
            _P.READ_ACCESS,
            _P.REVIEW_EMERGENCY,
        }
    ),
    # The registrant's delegate answers for the site: approves, reviews, reads.
    Role.MANAGER: frozenset(
        {
            _P.READ_BOOKS,
            _P.READ_PLACES,
            _P.READ_REPORTS,
            _P.APPROVE_ACCESS,
            _P.READ_ACCESS,
            _P.MANAGE_TERMINALS,
            _P.REVIEW_EMERGENCY,
        }
    ),
    # An administrator keeps the house and never touches the stock (invariant I21).
    Role.ADMINISTRATOR: frozenset(
        {
            _P.READ_PLACES,
            _P.MANAGE_SITES,
            _P.MANAGE_PEOPLE,
            _P.READ_ACCESS,
            _P.MANAGE_TERMINALS,
        }
    ),
    Role.INSPECTOR: frozenset(
        {_P.READ_BOOKS, _P.READ_PLACES, _P.READ_REPORTS, _P.READ_ACCESS}
    ),
    Role.SCHEDULED_JOB: frozenset({_P.READ_BOOKS, _P.READ_PLACES, _P.RECONCILE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """By what an actor is known in this request; the entry's signature names it.

    Attributes:
        factors: what the person used, such as ("password", "totp") or ("token",).
        source: the sign-in or token the request came by (21 CFR 11.10(h)).
        terminal: the registered device it came from, if any.
    """

    factors: tuple[str, ...] = ()
    source: str | None = None
    terminal: str | None = None


UNIDENTIFIED: Final = Identification()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, or a scheduled job, as the books name them at this moment.

    Attributes:
        id: the person's id.
        name: printed name, snapshotted into every entry (21 CFR 1304.22(c)).
        initials: as in the signature register (AC-20).
        roles: registration id -> the roles held there.
        lapses: registration id -> why they may not touch stock there for now.
        emergencies: registration id -> the emergency access in force there.
        known_by: by what they are known in this request.
        allowed: what the token of this request is for; None without such a limit.
    """

    id: str
    name: str
    initials: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    lapses: Mapping[str, frozenset[Lapse]] = field(default_factory=dict)
    emergencies: Mapping[str, str] = field(default_factory=dict)
    known_by: Identification = UNIDENTIFIED
    allowed: frozenset[Permission] | None = None

    def may(self, permission: Permission, registration_id: str) -> bool:
        """Tell whether a role held at the registration carries the permission now."""
        if not self.holds(permission, registration_id):
            return False
        return not (
            permission in STOCK_PERMISSIONS and self.lapses.get(registration_id)
        )

    def holds(self, permission: Permission, registration_id: str) -> bool:
        """Tell whether a role held there carries the permission, lapsed or not."""
        if self.allowed is not None and permission not in self.allowed:
            return False
        held = self.roles.get(registration_id, frozenset())
        return any(permission in ROLE_PERMISSIONS[role] for role in held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a person proved who they are over exactly one entry: their signature.

    Made only by `inventory.credentials`; a handler that needs a second person takes a
    Proof, never a bare name (decision 0007).

    Attributes:
        person: who proved it.
        digest: SHA-256, hex, of the canonical entry they were shown.
        factors: what they used, such as ("password",).
        proven_at: when, by the server's clock, UTC.
        meaning: what the signature says.
        assertion: what a passkey signed, for anyone to check; None without one.
    """

    person: Actor
    digest: str
    factors: tuple[str, ...]
    proven_at: datetime
    meaning: Meaning = Meaning.WITNESS
    assertion: Mapping[str, str] | None = None


def require_permission(
    actor: Actor, permission: Permission, registration_id: str
) -> None:
    """Refuse an actor without the permission at the registration.

    Raises:
        InventoryError: NOT_PERMITTED; NOT_READY for somebody who holds it but is not
            screened, trained or bound by the signature policy.
    """
    if actor.holds(permission, registration_id):
        _require_ready(actor, permission, registration_id)
    else:
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            f"Your roles here, or the token you use, do not allow this "
            f"({permission.value}). Ask the administrator of this site for the role, "
            "or a colleague who has it.",
            permission=permission.value,
        )


def _require_ready(actor: Actor, permission: Permission, registration_id: str) -> None:
    if actor.may(permission, registration_id):
        return
    lapses = sorted(actor.lapses[registration_id])
    raise InventoryError(
        ErrorCode.NOT_READY,
        " ".join(_WAY_OUT[lapse] for lapse in lapses),
        lapses=[lapse.value for lapse in lapses],
    )


_WAY_OUT: Final[Mapping[Lapse, str]] = {
    Lapse.NOT_SCREENED: "Your screening is not on record here: "
    "ask the administrator to record it.",
    Lapse.NOT_TRAINED: "Your training is not on record here or has ended: "
    "ask the administrator to record it.",
    Lapse.POLICY_NOT_ACCEPTED: "You have not accepted the signature policy in its "
    "present form: sign in and accept it.",
}


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
