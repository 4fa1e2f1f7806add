"""Who may hold which roles and names. PURE."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from inventory.kernel.actors import (
    ROLE_PERMISSIONS,
    STOCK_PERMISSIONS,
    Actor,
    Permission,
    Proof,
    Role,
    require_permission,
)
from inventory.kernel.errors import ErrorCode, InventoryError

VISIT_DAYS_MAX: Final = 90
# What was asked for longer ago may not be what is wanted today.
APPROVED_WITHIN: Final = timedelta(days=7)

# Those who record, keep the house, check and inspect are different people at one site
# (invariant I21; 21 CFR 1301.71 weighs supervision of access). The database says it
# too: a membership has one duty, and every role in force carries it.
_DUTIES: Final[Mapping[Role, str | None]] = {
    Role.PHARMACIST: "records",
    Role.CLINICIAN: "records",
    Role.WITNESS: "records",
    Role.COMPLIANCE_OFFICER: "checks",
    Role.ADMINISTRATOR: "keeps_house",
    Role.INSPECTOR: "inspects",
    Role.SCHEDULED_JOB: "runs",
    Role.MANAGER: None,
}
_BESIDE_MANAGER: Final = frozenset({"records", "checks"})

_SIGN_IN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
_INITIALS: Final = re.compile(r"[A-Z][A-Z0-9]{1,5}")


class RequestKind(StrEnum):
    """What one person asks for and another approves."""

    GRANT_ROLE = "grant_role"
    END_ROLE = "end_role"
    RESET_CREDENTIALS = "reset_credentials"


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as the books have it at the moment of the decision.

    `digest` is the SHA-256 of the entry that the approver was shown.
    """

    registration_id: str
    person_id: str
    requested_by: str
    requested_at: datetime
    state: RequestState
    digest: str


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


def duty_of(role: Role) -> str | None:
    """Give the duty a role belongs to; None for one that goes with another duty."""
    return _DUTIES[role]


def is_stock_role(role: Role) -> bool:
    """Tell whether a role lets its holder touch stock, or sign for those who do."""
    return bool(ROLE_PERMISSIONS[role] & STOCK_PERMISSIONS)


def require_screened(role: Role, screened_on: date | None) -> None:
    """Refuse a role that touches stock to somebody who was not screened.

    Source: 21 CFR 1301.76(a), AC-25.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if is_stock_role(role) and screened_on is None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"Who becomes {role} has access to stock, and no screening is on record. "
            "Screen the person (21 CFR 1301.76(a)) and record the day first.",
            field="role",
        )


def require_visit(role: Role, ends_on: date | None, *, today: date) -> None:
    """Let an inspector in for as long as the visit lasts, and no one else for a time.

    Args:
        role: what is granted.
        ends_on: the last day of it.
        today: the day at the site.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if role is not Role.INSPECTOR:
        if ends_on is not None:
            raise _bad_end(f"A {role} has no last day. Leave it out.")
    elif ends_on is None:
        raise _bad_end("Say until which day the inspector may look.")
    elif not 0 <= (ends_on - today).days < VISIT_DAYS_MAX:
        raise _bad_end(
            f"A visit ends today at the earliest and after {VISIT_DAYS_MAX} days at "
            "the latest. Choose a day, and ask again when it goes on longer."
        )


def require_screening_day(screened_on: date, *, today: date) -> None:
    """Refuse a screening that has not been yet.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if screened_on > today:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "This day is still to come. Record the screening once it is done.",
            field="screened_on",
        )


def require_another(actor_id: str, person_id: str, what: str) -> None:
    """Refuse somebody who would change their own access.

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    if actor_id == person_id:
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            f"Nobody {what} themselves. Ask another administrator to do it.",
            field="person_id",
        )


def require_somebody_left(permission: Permission, left: int) -> None:
    """Refuse to leave a site without anybody who has a permission.

    Args:
        permission: what must remain in somebody's hands.
        left: how many active people would still have it.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not left:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"Nobody else here could then do this ({permission.value}), and nobody "
            "could give it to anybody. Give the role to a colleague first.",
            field="role",
            permission=permission.value,
        )


def valid_until(requested_at: datetime) -> datetime:
    """Give the last instant at which a request may be approved."""
    return requested_at + APPROVED_WITHIN


def require_pending(state: RequestState) -> None:
    """Refuse to decide a second time.

    Raises:
        InventoryError: ALREADY_EXISTS.
    """
    if state is not RequestState.PENDING:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            f"This request is decided already: it was {state}. "
            "Ask anew if something else is wanted.",
            field="request_id",
        )


def require_decider(asked: Asked, decider: Actor) -> None:
    """Let only somebody decide who neither asked nor is concerned.

    Raises:
        InventoryError: NOT_PERMITTED, WITNESS_IS_ACTOR.
    """
    require_permission(decider, Permission.APPROVE_ACCESS, asked.registration_id)
    if decider.id in (asked.requested_by, asked.person_id):
        raise InventoryError(
            ErrorCode.WITNESS_IS_ACTOR,
            "Somebody must decide who neither asked for this nor is concerned by it. "
            "Ask another manager or compliance officer.",
            field="sign_in_name",
        )


def check_approval(asked: Asked, approval: Proof, *, now: datetime) -> None:
    """Decide whether a proof approves a request.

    Raises:
        InventoryError: NOT_PERMITTED, WITNESS_IS_ACTOR, WITNESS_SAW_ANOTHER_ENTRY,
            ALREADY_EXISTS, WITNESS_TOO_LATE.
    """
    require_decider(asked, approval.person)
    if approval.digest != asked.digest:
        raise InventoryError(
            ErrorCode.WITNESS_SAW_ANOTHER_ENTRY,
            "The request differs from the one that was shown. Look at it again and "
            "approve what it says now.",
            field="digest",
        )
    require_pending(asked.state)
    if now > valid_until(asked.requested_at):
        raise InventoryError(
            ErrorCode.WITNESS_TOO_LATE,
            f"This was asked for more than {APPROVED_WITHIN.days} days ago. "
            "Let the administrator withdraw it and ask anew.",
            field="request_id",
        )


def _exclude_each_other(role: Role, other: Role) -> bool:
    duty, rival = duty_of(role), duty_of(other)
    if duty and rival:
        return duty != rival
    return (duty or rival) not in _BESIDE_MANAGER


def _bad_end(sentence: str) -> InventoryError:
    return InventoryError(ErrorCode.INVALID_FIELD, sentence, field="ends_on")
