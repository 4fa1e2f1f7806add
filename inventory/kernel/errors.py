"""Every way in which Countersign says no.

The codes stand in order of precedence: where several apply to one request, the one
named first is answered, so a caller repairs the outermost fault first (the request's
form, then who asks, then what is asked, then the state of the books).
"""

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """The closed list of refusals, outermost first.

    `web/problems.py` maps each to an HTTP status; `docs/reference/errors.md` explains
    each with its way out; tests keep the three together.
    """

    # The request's form.
    MALFORMED_REQUEST = "malformed_request"
    REQUEST_TOO_LARGE = "request_too_large"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    # Who asks.
    NOT_SIGNED_IN = "not_signed_in"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NOT_PERMITTED = "not_permitted"
    NOT_READY = "not_ready"
    NOT_FOUND = "not_found"
    # What is asked.
    INVALID_FIELD = "invalid_field"
    INVALID_AMOUNT = "invalid_amount"
    INEXACT_AMOUNT = "inexact_amount"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    INVALID_CODE = "invalid_code"
    AMBIGUOUS_CODE = "ambiguous_code"
    PACK_FACTOR_NEEDED = "pack_factor_needed"
    PRODUCT_UNKNOWN = "product_unknown"
    TIME_IN_FUTURE = "time_in_future"
    TIME_TOO_OLD = "time_too_old"
    # Two people.
    WITNESS_IS_ACTOR = "witness_is_actor"
    WITNESS_NOT_PROVEN = "witness_not_proven"
    WITNESS_NOT_ENTITLED = "witness_not_entitled"
    WITNESS_SAW_ANOTHER_ENTRY = "witness_saw_another_entry"
    WITNESS_TOO_LATE = "witness_too_late"
    SIGNATURE_NEEDED = "signature_needed"
    SIGNATURE_NOT_PROVEN = "signature_not_proven"
    SIGNATURE_TOO_WEAK = "signature_too_weak"
    # The state of the books.
    ALREADY_EXISTS = "already_exists"
    INITIAL_INVENTORY_MISSING = "initial_inventory_missing"
    INITIAL_INVENTORY_EXISTS = "initial_inventory_exists"
    LOT_EXPIRY_DIFFERS = "lot_expiry_differs"
    LOT_EXPIRED = "lot_expired"
    CONTAINER_SEALED = "container_sealed"
    CONTAINER_NOT_SEALED = "container_not_sealed"
    CONTAINER_RETIRED = "container_retired"
    CONTAINER_NOT_EMPTY = "container_not_empty"
    PRODUCT_DIFFERS = "product_differs"
    SESSION_CLOSED = "session_closed"
    SESSION_NOT_AT_ZERO = "session_not_at_zero"
    WASTE_NOT_PENDING = "waste_not_pending"
    EMERGENCY_RUNNING = "emergency_running"
    EMERGENCY_NOT_RUNNING = "emergency_not_running"
    COUNT_UNDER_WAY = "count_under_way"
    COUNT_NOT_OPEN = "count_not_open"
    COUNT_INCOMPLETE = "count_incomplete"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    CAPACITY_EXCEEDED = "capacity_exceeded"
    # The service itself.
    CONFLICT = "conflict"
    EVIDENCE_BROKEN = "evidence_broken"
    READ_ONLY = "read_only"
    BUSY = "busy"
    INTERNAL = "internal"


class InventoryError(Exception):
    """A refusal: a code, a sentence with the way out, the field, and figures.

    Attributes:
        code: one of `ErrorCode`.
        message: what is wrong and what to do, for a tired pharmacist.
        field: name of the input at fault, dotted (`lines.0.amount`), or None.
        data: figures that help (`available_ug`, `asked_ug`), JSON-ready.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, field: str | None = None, **data: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.data = data

    def __repr__(self) -> str:
        return f"InventoryError({self.code}, {self.message!r}, field={self.field!r})"
