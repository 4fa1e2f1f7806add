"""What OpenAPI says about one address, from the same facts that its flow uses."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema

from inventory.web import idempotency

BEARER: Final = "bearer_token"
PROBLEM_TYPE: Final = "application/problem+json"

# Refusals that any address can give; components of the description carry their text.
_READ_REFUSALS: Final = (400, 401, 403, 404, 422, 500, 503)
WRITE_REFUSALS: Final = (*_READ_REFUSALS, 409, 413, 415)

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


def refusal_name(status: int) -> str:
    """Name the component that describes refusals of a status."""
    return f"Refusal{status}"


def describe_read(
    handler: Callable[..., Any], takes: Schema | None, answers: Schema
) -> dict[str, Any]:
    """Describe an address that reads."""
    parameters = [{"in": "query", "schema": takes}] if takes else []
    answer = {"description": "What the books say.", **_content(answers)}
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
        "headers": {idempotency.REPLAYED_HEADER: _REPLAYED},
        **_content(answers),
    }
    described = {
        **_operation(handler, WRITE_REFUSALS, {"201": answer}),
        "parameters": [_KEY_PARAMETER],
    }
    if takes:
        described["requestBody"] = {"required": True, **_content(takes)}
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
