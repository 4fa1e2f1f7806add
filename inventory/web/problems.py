"""How a refusal looks: application/problem+json (RFC 9457), or a page.

What a caller can repair is said in full; what the service did wrong is logged under
the request's id and not shown.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from flask import Flask, Response, g, render_template, request
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.description import PROBLEM_TYPE
from inventory.web.refusals import Refusal, note
from inventory.web.statuses import STATUS

MACHINE_PATHS: Final = ("/api/", "/health/")
WHOLE_BODY: Final = "body"  # names a fault that lies in no single field

_UNIQUE_VIOLATION: Final = "23505"
_FIRST_FAILURE: Final = 500
_FAILED: Final = (
    "The service failed. An entry that was under way is recorded at most once: send it "
    "again with the same Idempotency-Key to be told. If that fails too, give the "
    "request_id to your administrator."
)

# What HTTP itself refuses, in our codes.
_HTTP_REFUSALS: Final[Mapping[int, tuple[ErrorCode, str]]] = {
    404: (
        ErrorCode.NOT_FOUND,
        "There is nothing at this address. Check its spelling.",
    ),
    405: (
        ErrorCode.MALFORMED_REQUEST,
        "This address does not take this method. The header Allow names those it does.",
    ),
    413: (
        ErrorCode.REQUEST_TOO_LARGE,
        "The body is larger than 1 MiB. Send it in parts.",
    ),
    415: (
        ErrorCode.MALFORMED_REQUEST,
        "The body must be JSON in UTF-8. Send it with Content-Type: application/json.",
    ),
}
_HTTP_REFUSED: Final = "The request cannot be read. Correct its form."

# marshmallow's own words, said so that a tired person knows what to do.
_SENTENCES: Final[Mapping[str, str]] = {
    "Missing data for required field.": "This is required. Add it.",
    "Unknown field.": "There is no such field here. Remove it or correct its name.",
    "Field may not be null.": "This may not be null. Give a value.",
    "Not a valid list.": "Send a list in square brackets.",
    "Invalid type.": "Send an object in braces.",
    "Invalid input type.": "Send an object in braces.",
    "Not a valid integer.": "Send a whole number without quotes, such as 12.",
    "Not a valid boolean.": "Send true or false without quotes.",
    "Not a valid string.": "Send this as text in quotes.",
}

_log = structlog.get_logger(__name__)


class FaultView(Schema):
    """One input at fault, dotted: `lines.0.amount`."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemView(Schema):
    """A refusal; `code` is the stable name to decide on."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(
        required=True, metadata={"enum": [code.value for code in ErrorCode]}
    )
    detail = fields.String(required=True)
    faults = fields.List(fields.Nested(FaultView), required=True, data_key="fields")
    data = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True)


_VIEW: Final = ProblemView()


def register(app: Flask) -> None:
    """Answer every error of the application as a problem."""
    app.register_error_handler(InventoryError, _refused)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _refused_by_http)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(Exception, _failed)


def problem(
    code: ErrorCode,
    detail: str,
    *,
    status: int | None = None,
    faults: list[dict[str, str]] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Response:
    """Build the answer that refuses a request.

    Args:
        code: why.
        detail: what is wrong and the way out.
        status: only where HTTP itself refused; else the code's own.
        faults: the inputs at fault.
        data: figures that help.
    """
    _note(code, detail, faults or [])
    shown: dict[str, Any] = {
        "type": f"/docs/errors#{code.value}",
        "title": code.value.replace("_", " ").capitalize(),
        "status": status or STATUS[code],
        "code": code.value,
        "detail": detail,
        "faults": faults or [],
        "data": data or {},
        "request_id": g.get("request_id", ""),
    }
    response = _rendered(shown)
    if code is ErrorCode.NOT_SIGNED_IN:
        response.headers["WWW-Authenticate"] = 'Bearer realm="countersign"'
    if code is ErrorCode.BUSY:
        response.headers["Retry-After"] = "1"
    if code is ErrorCode.TOO_MANY_ATTEMPTS:
        response.headers["Retry-After"] = str(shown["data"]["retry_after_s"])
    return response


def _note(code: ErrorCode, detail: str, faults: list[dict[str, str]]) -> None:
    said = " ".join(fault["detail"] for fault in faults) or detail
    field = faults[0]["field"] if faults else None
    note(Refusal(code=code, detail=said, field=field))


def _rendered(shown: Mapping[str, Any]) -> Response:
    if request.path.startswith(MACHINE_PATHS):
        body = json.dumps(_VIEW.dump(shown), ensure_ascii=False)
        return Response(f"{body}\n", shown["status"], content_type=PROBLEM_TYPE)
    page = _form_again(shown) or render_template("problem.html", problem=shown)
    return Response(page, shown["status"])


def _form_again(shown: Mapping[str, Any]) -> str | None:
    # A form that is refused is shown again (`web.acting`), unless the service failed or
    # its page cannot be shown any more.
    shows_again = g.get("shows_again")
    if shows_again is None or shown["code"] == ErrorCode.INTERNAL:
        return None
    page: str | None = None
    with suppress(InventoryError):
        page = shows_again(shown)
    return page


def _refused(refusal: InventoryError) -> Response:
    faults = []
    if refusal.field:
        faults = [{"field": refusal.field, "detail": refusal.message}]
    return problem(refusal.code, refusal.message, faults=faults, data=refusal.data)


def _invalid(refusal: ValidationError) -> Response:
    faults = list(_faults(refusal.messages))
    count = "One field needs" if len(faults) == 1 else f"{len(faults)} fields need"
    return problem(
        ErrorCode.INVALID_FIELD,
        f"{count} correction; see fields. Nothing was recorded.",
        faults=faults,
    )


def _faults(messages: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            deeper = path if name == "_schema" else (*path, str(name))
            yield from _faults(inner, deeper)
        return
    words = [messages] if isinstance(messages, str) else messages
    sentences = [_SENTENCES.get(word, str(word)) for word in words]
    yield {"field": ".".join(path) or WHOLE_BODY, "detail": " ".join(sentences)}


def _refused_by_http(refusal: HTTPException) -> Response:
    status = refusal.code or _FIRST_FAILURE
    if status >= _FIRST_FAILURE:
        return _failed(refusal)
    code, detail = _HTTP_REFUSALS.get(
        status, (ErrorCode.MALFORMED_REQUEST, _HTTP_REFUSED)
    )
    response = problem(code, detail, status=status)
    for name, value in refusal.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _collided(error: IntegrityError) -> Response:
    # Features look before they write; a constraint speaks only when two were at once.
    state = getattr(error.orig, "sqlstate", None)
    if state != _UNIQUE_VIOLATION and "UNIQUE constraint" not in str(error.orig):
        return _failed(error)
    _log.warning("collided", exc_info=error)
    return problem(
        ErrorCode.CONFLICT,
        "Someone recorded the same thing at the same moment. Nothing was recorded for "
        "you; look at what is there now, then send the entry again.",
    )


def _failed(error: Exception) -> Response:
    _log.error("failed", exc_info=error)
    return problem(ErrorCode.INTERNAL, _FAILED)
