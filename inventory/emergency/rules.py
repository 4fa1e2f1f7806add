"""When emergency access may start, when it is over, and who may review it. PURE.

Nobody is kept from a patient because a training ran out at midnight; nobody uses that
without being asked about it (45 CFR 164.312(a)(2)(ii), invariant I37).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from inventory.kernel.actors import Proof
from inventory.kernel.errors import ErrorCode, InventoryError

LASTS: Final = timedelta(minutes=60)
REVIEW_WITHIN: Final = timedelta(hours=24)


class State(StrEnum):
    """Where an emergency access stands."""

    RUNNING = "running"
    AWAITING_REVIEW = "awaiting_review"
    REVIEWED = "reviewed"


class Finding(StrEnum):
    """What the reviewer says of it."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One emergency access as its row has it."""

    id: str
    registration_id: str
    person_id: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    reviewed_at: datetime | None

    @property
    def over_at(self) -> datetime:
        """The first instant at which it gives nothing any more."""
        return self.ended_at or self.ends_at

    def state(self, now: datetime) -> State:
        """Tell where it stands; what was reviewed is over, whatever a clock says."""
        if self.reviewed_at is not None:
            return State.REVIEWED
        return State.RUNNING if now < self.over_at else State.AWAITING_REVIEW

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether nobody has reviewed it for a day after it started."""
        return self.reviewed_at is None and now >= self.started_at + REVIEW_WITHIN


def require_none_running(access: Access | None) -> None:
    """Refuse a second emergency access beside one that runs: it is never extended.

    Raises:
        InventoryError: EMERGENCY_RUNNING.
    """
    if access is not None:
        raise InventoryError(
            ErrorCode.EMERGENCY_RUNNING,
            "You have emergency access here already. Go on with it; when it is over "
            "you can start another.",
            access_id=access.id,
        )


def require_running(access: Access, now: datetime) -> None:
    """Refuse to end what is over.

    Raises:
        InventoryError: EMERGENCY_NOT_RUNNING.
    """
    if access.state(now) is not State.RUNNING:
        raise InventoryError(
            ErrorCode.EMERGENCY_NOT_RUNNING,
            "This emergency access is over already: it gives nothing any more.",
            field="access_id",
        )


def check_review(
    access: Access, reviewer_id: str, signature: Proof, *, now: datetime
) -> None:
    """Decide whether a person may review an emergency access now (invariant I37).

    Raises:
        InventoryError: WITNESS_IS_ACTOR, SIGNATURE_NOT_PROVEN, EMERGENCY_RUNNING,
            ALREADY_EXISTS.
    """
    if access.person_id in {reviewer_id, signature.person.id}:
        raise InventoryError(
            ErrorCode.WITNESS_IS_ACTOR,
            "Nobody reviews their own emergency access. It stays open until a manager "
            "or compliance officer of this site, who is somebody else, signs it.",
            field="access_id",
        )
    if signature.person.id != reviewer_id:
        raise InventoryError(
            ErrorCode.SIGNATURE_NOT_PROVEN,
            "Somebody else is signed in here. Sign in yourself to review it.",
            field="sign_in_name",
        )
    if access.state(now) is State.RUNNING:
        raise InventoryError(
            ErrorCode.EMERGENCY_RUNNING,
            "This emergency access still runs, and more may be done under it. "
            "Review it when it is over.",
            field="access_id",
        )
    if access.state(now) is State.REVIEWED:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This emergency access is reviewed already. Look at the finding.",
            field="access_id",
        )


def require_same_entries(signature: Proof, digest_now: str) -> None:
    """Refuse a review of anything but what there is to review.

    Raises:
        InventoryError: WITNESS_SAW_ANOTHER_ENTRY.
    """
    if signature.digest != digest_now:
        raise InventoryError(
            ErrorCode.WITNESS_SAW_ANOTHER_ENTRY,
            "What was done under this emergency access differs from the list you were "
            "shown. Read it again and sign what it says now.",
            field="digest",
        )
