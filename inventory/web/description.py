"""What OpenAPI says about one address, from the same facts that its flow uses."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from marshmallow import Schema

from inventory.web import idempotency, tracing

BEARER: Final = "bearer_token"
PROBLEM_TYPE: Final = "application/problem+json"

# Refusals that any address can give; components of the description carry their text.
_READ_REFUSALS: Final = (400, 401, 403, 404, 409, 422, 429, 500, 503)
WRITE_REFUSALS: Final = (*_READ_REFUSALS, 413, 415)

_KEY_PARAMETER: Final = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": True,
    "description": "Names this entry. Send the same entry again with the same key "
    "whenever the outcome is unknown: it is recorded once.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": idempotency.KEY_LENGTH_MAX,
        "pattern": "^[!-~]+$",
    },
}
_REPLAYED: Final = {
    "description": '"true" when this is the kept answer of an earlier request.',
    "schema": {"type": "string", "enum": ["true"]},
}
# On every answer.
_NUMBERED: Final = {
    tracing.REQUEST_ID_HEADER: {
        "description": "Names this request in the log of the service.",
        "required": True,
        "schema": {"type": "string", "pattern": "^req_[0-9a-f]{24}$"},
    }
}
_ASK_LATER: Final = {
    "Retry-After": {
        "description": "Seconds after which to ask again, where that helps.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_REFUSAL_HEADERS: Final[Mapping[int, dict[str, Any]]] = {
    401: {
        "WWW-Authenticate": {
            "description": "How to sign in.",
            "required": True,
            "schema": {"type": "string"},
        }
    },
    429: _ASK_LATER,
    503: _ASK_LATER,
}


def refusal_name(status: int) -> str:
    """Name the component that describes refusals of a status."""
    return f"Refusal{status}"


def describe_refusal(status: int, shape: type[Schema]) -> dict[str, Any]:
    """Describe refusals of a status."""
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {**_NUMBERED, **_REFUSAL_HEADERS.get(status, {})},
        "content": {PROBLEM_TYPE: {"schema": shape}},
    }


def describe_read(
    handler: Callable[..., Any], takes: Schema | None, answers: Schema
) -> dict[str, Any]:
    """Describe an address that reads."""
    parameters = [{"in": "query", "schema": takes}] if takes else []
    answer = {
        "description": "What the books say.",
        "headers": _NUMBERED,
        **_content(answers),
    }
    return {
        **_operation(handler, _READ_REFUSALS, {"200": answer}),
        "parameters": parameters,
    }


def describe_write(
    handler: Callable[..., Any], takes: Schema | None, answers: Schema
) -> dict[str, Any]:
    """Describe an address that writes."""
    answer = {
        "description": "Recorded, or recorded earlier under the same key.",
        "headers": {**_NUMBERED, idempotency.REPLAYED_HEADER: _REPLAYED},
        **_content(answers),
    }
    described = {
        **_operation(handler, WRITE_REFUSALS, {"201": answer}),
        "parameters": [_KEY_PARAMETER],
    }
    if takes:
        # No body at all is read as `{}`: it will do where nothing in it is required.
        needed = any(field.required for field in takes.fields.values())
        described["requestBody"] = {"required": needed, **_content(takes)}
    return described


def _operation(
    handler: Callable[..., Any],
    refusals: tuple[int, ...],
    answers: dict[str, Any],
) -> dict[str, Any]:
    refused = {str(status): refusal_name(status) for status in sorted(refusals)}
    return {
        "operationId": handler.__name__,
        "responses": {**answers, **refused},
        "security": [{BEARER: []}],
    }


def _content(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
