"""Who may sign a waste, until when, and over what. PURE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from inventory.kernel.actors import (
    Actor,
    Permission,
    Proof,
    require_two_people,
)
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import format_mg

# A witness signs what they have just seen: within minutes, never in bulk hours later
# (decision 0007).
VALID_FOR: Final = timedelta(minutes=10)
_PAIR_WASTES_MIN: Final = 10


class Manner(StrEnum):
    """How the remainder is put beyond use: 21 CFR 1304.22(a)(2)(ix) asks the manner."""

    SEQUESTRATION_DEVICE = "sequestration_device"
    PHARMACEUTICAL_WASTE_CONTAINER = "pharmaceutical_waste_container"
    OTHER_APPROVED_METHOD = "other_approved_method"


class State(StrEnum):
    """Where a request for a witness stands."""

    PENDING = "pending"
    WITNESSED = "witnessed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as the books have it at the moment of the decision.

    `digest` is the SHA-256 of the entry that was shown for signature;
    `first_witness_id` whoever has signed already where two have to.
    """

    registration_id: str
    amount_ug: int
    state: State
    requested_at: datetime
    digest: str
    first_witness_id: str | None = None


def valid_until(requested_at: datetime) -> datetime:
    """Give the last instant at which a witness may sign."""
    return requested_at + VALID_FOR


def require_session_open(*, closed: bool) -> None:
    """Refuse to waste from a closed session: it holds nothing.

    Raises:
        InventoryError: SESSION_CLOSED.
    """
    if closed:
        raise InventoryError(
            ErrorCode.SESSION_CLOSED,
            "This session is closed: everything drawn was given or wasted.",
            field="session_id",
        )


def require_something_drawn(drawn_ug: int) -> None:
    """Refuse waste from a session that holds nothing (invariant I6).

    Raises:
        InventoryError: INSUFFICIENT_BALANCE.
    """
    if not drawn_ug:
        raise InventoryError(
            ErrorCode.INSUFFICIENT_BALANCE,
            "Nothing is drawn for this session that could be wasted. "
            "Record the draw first.",
            field="amount",
            available_ug=0,
        )


def require_after_draw(claimed: datetime | None, first_drawn_at: datetime) -> None:
    """Refuse a claimed time before anything was drawn (invariant I6).

    Raises:
        InventoryError: TIME_TOO_OLD.
    """
    if claimed is not None and claimed < first_drawn_at:
        raise InventoryError(
            ErrorCode.TIME_TOO_OLD,
            "This is before anything was drawn for the session. "
            "Correct the time, or leave it out for now.",
            field="occurred_at",
        )


def require_requester(requester: Actor | None, registration_id: str) -> Actor:
    """Return who asked, who must still be active and entitled (invariant I19).

    Raises:
        InventoryError: NOT_PERMITTED.
    """
    entitled = requester and requester.may(Permission.RECORD_WASTE, registration_id)
    if requester is None or not entitled:
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            "Whoever asked for this waste may no longer record waste here. "
            "Cancel the request and let a colleague ask again.",
            permission=Permission.RECORD_WASTE.value,
        )
    return requester


def check_signature(
    asked: Asked, requester: Actor, witness: Proof, *, now: datetime
) -> None:
    """Decide whether a proof witnesses a request.

    A request that is no longer pending is said to be so before its age is judged.

    Raises:
        InventoryError: WITNESS_IS_ACTOR, WITNESS_NOT_ENTITLED,
            WITNESS_SAW_ANOTHER_ENTRY, WITNESS_NOT_PROVEN, WASTE_NOT_PENDING,
            WITNESS_TOO_LATE.
    """
    require_two_people(
        requester.id,
        witness,
        registration_id=asked.registration_id,
        digest=asked.digest,
    )
    require_third_person(asked, witness)
    if witness.proven_at < asked.requested_at:
        raise InventoryError(
            ErrorCode.WITNESS_NOT_PROVEN,
            "The witness signed before this waste was asked for. "
            "Show the entry now and let the witness sign it.",
            field="witness",
        )
    require_pending(asked)
    if now > valid_until(asked.requested_at):
        raise InventoryError(
            ErrorCode.WITNESS_TOO_LATE,
            "More than 10 minutes have passed since this waste was asked for. "
            "Cancel the request and ask again, with the witness beside you.",
            field="request_id",
        )


def require_third_person(asked: Asked, witness: Proof) -> None:
    """Refuse the second signature of one witness: two witnesses are two people.

    Raises:
        InventoryError: WITNESS_IS_ACTOR.
    """
    if witness.person.id == asked.first_witness_id:
        raise InventoryError(
            ErrorCode.WITNESS_IS_ACTOR,
            f"{witness.person.name} has signed this waste already. "
            "Ask another colleague to be the second witness.",
            field="witness",
        )


def require_pending(asked: Asked) -> None:
    """Refuse a request that was witnessed or cancelled already.

    Raises:
        InventoryError: WASTE_NOT_PENDING.
    """
    if asked.state is not State.PENDING:
        raise InventoryError(
            ErrorCode.WASTE_NOT_PENDING,
            f"This request is {asked.state.value} already. Ask again if there is more "
            "to waste.",
            field="request_id",
            state=asked.state.value,
        )


def require_enough(asked: Asked, drawn_ug: int) -> None:
    """Refuse to witness more than the session still holds (invariant I6).

    Raises:
        InventoryError: WITNESS_SAW_ANOTHER_ENTRY with what is there now.
    """
    if asked.amount_ug > drawn_ug:
        raise InventoryError(
            ErrorCode.WITNESS_SAW_ANOTHER_ENTRY,
            f"The session holds {format_mg(drawn_ug)} now, less than the witness was "
            "shown. Cancel the request and ask again for what is there.",
            field="digest",
            asked_ug=asked.amount_ug,
            available_ug=drawn_ug,
        )


def require_same_entry(asked: Asked, digest_now: str) -> None:
    """Refuse when the entry would say something else than what the witness was shown.

    Raises:
        InventoryError: WITNESS_SAW_ANOTHER_ENTRY.
    """
    if digest_now != asked.digest:
        raise InventoryError(
            ErrorCode.WITNESS_SAW_ANOTHER_ENTRY,
            "What the session holds has changed since the witness was shown this "
            "entry. Cancel the request and ask again.",
            field="digest",
        )


def is_always_the_same(witnessed: int, of: int) -> bool:
    """Tell whether one person witnesses more than half, of enough to tell.

    Two people who always sign for each other are a sign of collusion, or of a habit
    that hides it; below ten wastes it may be chance.
    """
    return of >= _PAIR_WASTES_MIN and 2 * witnessed > of
