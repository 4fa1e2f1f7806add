"""One id and one log line per request.

The line names the route, never the path, the fields or the query: those could tell
about a patient.
"""

import secrets
from time import perf_counter_ns
from typing import Final

import structlog
from flask import Flask, Response, g, request

from inventory.web import refusals

REQUEST_ID_HEADER: Final = "X-Request-Id"

_ID_BYTES: Final = 12
_NS_PER_MS: Final = 1_000_000

_log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    """Number every request and log every answer."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = f"req_{secrets.token_hex(_ID_BYTES)}"
    g.started_ns = perf_counter_ns()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = g.request_id
    _log.info(
        "answered",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        refusal=refusals.refused_code(),
        person=g.actor.id if "actor" in g else None,
        took_ms=(perf_counter_ns() - g.started_ns) // _NS_PER_MS,
    )
    return response
