"""What a supervised session allows: for whom, from which container, how much. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import (
    Form,
    Strength,
    format_amount,
    format_mg,
    parse_amount,
)
from inventory.ledger.postings import Portion

_DOSE_PLACES: Final = 3
_MG_PER_KG: Final = 10**_DOSE_PLACES


class Indication(StrEnum):
    """Why the drug is given."""

    PAIN = "pain"
    MOOD_DISORDER = "mood_disorder"
    ANAESTHESIA = "anaesthesia"
    VETERINARY_PROCEDURE = "veterinary_procedure"


class Route(StrEnum):
    """How the drug enters the body."""

    IV = "iv"
    IM = "im"
    INTRANASAL = "intranasal"
    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    SUBCUTANEOUS = "subcutaneous"
    EPIDURAL = "epidural"


class State(StrEnum):
    """Where a container is in its life."""

    SEALED = "sealed"
    IN_USE = "in_use"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShelf:
    """A container as the books have it at the moment of the decision.

    Attributes:
        number: its number within the book.
        product_id: what it holds.
        strength: as copied to its lot at receipt (invariant I9).
        expires_on: last day on which it may be used, in the site's calendar.
        state: sealed, in use or retired.
        balance_ug: what is left in it.
        nominal_ug: its label content.
        ready_at: when it was opened, or received if it never was.
    """

    number: int
    product_id: str
    strength: Strength
    expires_on: date
    state: State
    balance_ug: int
    nominal_ug: int
    ready_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session as the books have it at the moment of the decision.

    `product_id` is None until the first draw.
    """

    closed: bool
    opened_at: datetime
    product_id: str | None


def require_clinician(person: Actor | None, registration_id: str) -> Actor:
    """Return the supervising clinician, who is active and a clinician at this site.

    Raises:
        InventoryError: INVALID_FIELD, the same for everyone who is not.
    """
    roles = person.roles.get(registration_id, frozenset()) if person else frozenset()
    if person is None or Role.CLINICIAN not in roles:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "This person is not a clinician at this site. "
            "Choose the clinician who supervises the session.",
            field="clinician_id",
        )
    return person


def require_open(session: Opened) -> None:
    """Refuse a closed session.

    Raises:
        InventoryError: SESSION_CLOSED.
    """
    if session.closed:
        raise InventoryError(
            ErrorCode.SESSION_CLOSED,
            "This session is closed. Open a new session for what was not recorded.",
            field="session_id",
        )


def require_not_before(claimed: datetime | None, earliest: datetime, what: str) -> None:
    """Refuse a claimed time before the thing it needs had happened (invariant I6).

    Raises:
        InventoryError: TIME_TOO_OLD.
    """
    if claimed is not None and claimed < earliest:
        raise InventoryError(
            ErrorCode.TIME_TOO_OLD,
            f"This is before {what}. Correct the time, or leave it out for now.",
            field="occurred_at",
        )


def check_opening(container: OnShelf, *, day: date) -> None:
    """Allow a sealed vial of a lot that has not expired to be opened.

    Raises:
        InventoryError: INVALID_FIELD for a device, LOT_EXPIRED, CONTAINER_NOT_SEALED,
            CONTAINER_RETIRED.
    """
    if container.strength.form is Form.DEVICE:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A device is never opened. Draw it whole for a session.",
            field="container_id",
        )
    _require_unexpired(container, day, field="container_id")
    _require_not_retired(container, field="container_id")
    if container.state is not State.SEALED:
        raise InventoryError(
            ErrorCode.CONTAINER_NOT_SEALED,
            f"Container {container.number} is already in use. Draw from it.",
            field="container_id",
        )


def check_retirement(container: OnShelf) -> None:
    """Allow a vial in use to be retired when the books have exactly nothing in it.

    Raises:
        InventoryError: CONTAINER_SEALED, CONTAINER_RETIRED, CONTAINER_NOT_EMPTY.
    """
    if container.state is State.SEALED:
        raise InventoryError(
            ErrorCode.CONTAINER_SEALED,
            f"Container {container.number} is sealed: it was never used.",
            field="container_id",
        )
    _require_not_retired(container, field="container_id")
    if container.balance_ug:
        left = format_amount(container.balance_ug, container.strength)
        raise InventoryError(
            ErrorCode.CONTAINER_NOT_EMPTY,
            f"The books have {left} in container {container.number}. "
            "Record what was drawn; if the vial is empty all the same, count it.",
            field="container_id",
            balance_ug=container.balance_ug,
        )


def refuse_repeats(container_ids: Sequence[str]) -> None:
    """Refuse a draw without lines, or one that names a container twice.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    if not container_ids:
        raise InventoryError(
            ErrorCode.INVALID_FIELD, "Give at least one container.", field="lines"
        )
    for index, container_id in enumerate(container_ids):
        if container_id in container_ids[:index]:
            raise InventoryError(
                ErrorCode.INVALID_FIELD,
                "This container stands in the draw twice. Add its amounts up.",
                field=f"lines.{index}.container_id",
            )


def check_draw(
    session: Opened,
    lines: Sequence[tuple[OnShelf, str]],
    *,
    claimed: datetime | None,
    day: date,
) -> list[int]:
    """Decide a draw from one or more containers into a session.

    Checks run in the order of `ErrorCode`, each over all lines.

    Args:
        session: what is drawn for.
        lines: each container with the amount as written.
        claimed: when it is said to have happened, if it was said.
        day: the site's civil day on which it happened.

    Returns:
        The micrograms of each line.

    Raises:
        InventoryError: INVALID_AMOUNT, INEXACT_AMOUNT, AMOUNT_NOT_POSITIVE,
            TIME_TOO_OLD, LOT_EXPIRED, CONTAINER_SEALED, CONTAINER_RETIRED,
            PRODUCT_DIFFERS, SESSION_CLOSED, INSUFFICIENT_BALANCE.
    """
    amounts = [
        _drawn_ug(container, text, field=f"lines.{index}.amount")
        for index, (container, text) in enumerate(lines)
    ]
    containers = [container for container, _ in lines]
    require_not_before(claimed, session.opened_at, "the session was opened")
    for container in containers:
        what = f"container {container.number} was opened or received"
        require_not_before(claimed, container.ready_at, what)
    for index, container in enumerate(containers):
        _require_unexpired(container, day, field=f"lines.{index}.container_id")
    for index, container in enumerate(containers):
        _require_drawable(container, field=f"lines.{index}.container_id")
    _require_one_product(session.product_id, containers)
    require_open(session)
    for index, (container, amount_ug) in enumerate(
        zip(containers, amounts, strict=True)
    ):
        _require_enough(container, amount_ug, field=f"lines.{index}.amount")
    return amounts


def require_something_drawn(held: Sequence[Portion]) -> None:
    """Refuse to give from a session that holds nothing.

    Raises:
        InventoryError: INSUFFICIENT_BALANCE.
    """
    if not held:
        raise InventoryError(
            ErrorCode.INSUFFICIENT_BALANCE,
            "Nothing is drawn for this session. Record the draw first.",
            field="amount",
            available_ug=0,
        )


def check_closing(session: Opened, drawn_ug: int) -> None:
    """Allow a session to close at zero only: drawn = given + wasted (invariant I5).

    Raises:
        InventoryError: SESSION_CLOSED, SESSION_NOT_AT_ZERO with what remains.
    """
    require_open(session)
    if drawn_ug:
        raise InventoryError(
            ErrorCode.SESSION_NOT_AT_ZERO,
            f"{format_mg(drawn_ug)} is drawn and neither given nor wasted. "
            "Record what was given, and waste the rest before a witness.",
            field="session_id",
            remaining_ug=drawn_ug,
        )


def format_mg_per_kg(amount_ug: int, weight_g: int) -> str:
    """Write a dose per body weight: "0.5 mg/kg"; "≈" before a rounded figure.

    For reading only, to the nearest of 3 decimals; the books hold amount and weight.
    """
    # ug per g is mg per kg.
    scaled, remainder = divmod(amount_ug * _MG_PER_KG, weight_g)
    sign = "≈" if remainder else ""
    whole, decimals = divmod(scaled + (2 * remainder >= weight_g), _MG_PER_KG)
    text = f"{whole}.{decimals:0{_DOSE_PLACES}}"
    # A rounded figure keeps its zeros: they tell how far it was rounded.
    return f"{sign}{text if remainder else text.rstrip('0').removesuffix('.')} mg/kg"


def _drawn_ug(container: OnShelf, text: str, *, field: str) -> int:
    amount_ug = parse_amount(text, container.strength, field=field)
    if container.strength.form is Form.DEVICE and amount_ug != container.nominal_ug:
        raise InventoryError(
            ErrorCode.INVALID_AMOUNT,
            f"Container {container.number} is one device, drawn whole. "
            'Write "1 device", and name each further device on its own line.',
            field=field,
            nominal_ug=container.nominal_ug,
        )
    return amount_ug


def _require_unexpired(container: OnShelf, day: date, *, field: str) -> None:
    if day > container.expires_on:
        raise InventoryError(
            ErrorCode.LOT_EXPIRED,
            f"Container {container.number} expired on "
            f"{container.expires_on.isoformat()}. Take another one, "
            "and set this one apart for destruction.",
            field=field,
            expires_on=container.expires_on.isoformat(),
        )


def _require_drawable(container: OnShelf, *, field: str) -> None:
    _require_not_retired(container, field=field)
    if container.state is State.SEALED and container.strength.form is Form.SOLUTION:
        raise InventoryError(
            ErrorCode.CONTAINER_SEALED,
            f"Container {container.number} is still sealed. Record its opening first.",
            field=field,
        )


def _require_not_retired(container: OnShelf, *, field: str) -> None:
    if container.state is State.RETIRED:
        raise InventoryError(
            ErrorCode.CONTAINER_RETIRED,
            f"Container {container.number} is retired. "
            "Check the number on the container in your hand.",
            field=field,
        )


def _require_one_product(product_id: str | None, containers: Sequence[OnShelf]) -> None:
    expected = product_id or containers[0].product_id
    for index, container in enumerate(containers):
        if container.product_id != expected:
            raise InventoryError(
                ErrorCode.PRODUCT_DIFFERS,
                f"Container {container.number} holds another product than this session "
                "has drawn. Take the same product, or open a second session.",
                field=f"lines.{index}.container_id",
            )


def _require_enough(container: OnShelf, amount_ug: int, *, field: str) -> None:
    if amount_ug > container.balance_ug:
        left = format_amount(container.balance_ug, container.strength)
        raise InventoryError(
            ErrorCode.INSUFFICIENT_BALANCE,
            f"The books have {left} left in container {container.number}. "
            "Check the amount and the number; if it really holds more, count it first.",
            field=field,
            asked_ug=amount_ug,
            available_ug=container.balance_ug,
        )
