"""The HTTP status of every refusal: one table, complete.

400 the form is wrong, 422 a value is wrong, 409 the books are in another state than
the entry assumes. Where HTTP itself refuses (405, 415), its status stays.
"""

from collections.abc import Mapping
from typing import Final

from inventory.kernel.errors import ErrorCode

_C = ErrorCode

STATUS: Final[Mapping[ErrorCode, int]] = {
    _C.MALFORMED_REQUEST: 400,
    _C.REQUEST_TOO_LARGE: 413,
    _C.IDEMPOTENCY_KEY_MISSING: 400,
    _C.IDEMPOTENCY_KEY_REUSED: 409,
    _C.NOT_SIGNED_IN: 401,
    _C.NOT_PERMITTED: 403,
    _C.NOT_FOUND: 404,
    _C.INVALID_FIELD: 422,
    _C.INVALID_AMOUNT: 422,
    _C.INEXACT_AMOUNT: 422,
    _C.AMOUNT_NOT_POSITIVE: 422,
    _C.INVALID_CODE: 422,
    _C.AMBIGUOUS_CODE: 422,
    _C.PACK_FACTOR_NEEDED: 422,
    _C.PRODUCT_UNKNOWN: 422,
    _C.TIME_IN_FUTURE: 422,
    _C.TIME_TOO_OLD: 422,
    _C.WITNESS_IS_ACTOR: 422,
    _C.WITNESS_NOT_PROVEN: 422,
    _C.WITNESS_NOT_ENTITLED: 422,
    _C.WITNESS_SAW_ANOTHER_ENTRY: 409,
    _C.WITNESS_TOO_LATE: 409,
    _C.ALREADY_EXISTS: 409,
    _C.INITIAL_INVENTORY_MISSING: 409,
    _C.INITIAL_INVENTORY_EXISTS: 409,
    _C.LOT_EXPIRY_DIFFERS: 409,
    _C.LOT_EXPIRED: 409,
    _C.CONTAINER_SEALED: 409,
    _C.CONTAINER_NOT_SEALED: 409,
    _C.CONTAINER_RETIRED: 409,
    _C.CONTAINER_NOT_EMPTY: 409,
    _C.PRODUCT_DIFFERS: 409,
    _C.SESSION_CLOSED: 409,
    _C.SESSION_NOT_AT_ZERO: 409,
    _C.WASTE_NOT_PENDING: 409,
    _C.COUNT_UNDER_WAY: 409,
    _C.COUNT_NOT_OPEN: 409,
    _C.COUNT_INCOMPLETE: 422,
    _C.INSUFFICIENT_BALANCE: 409,
    _C.CAPACITY_EXCEEDED: 409,
    _C.CONFLICT: 409,
    _C.EVIDENCE_BROKEN: 500,
    _C.READ_ONLY: 503,
    _C.BUSY: 503,
    _C.INTERNAL: 500,
}
