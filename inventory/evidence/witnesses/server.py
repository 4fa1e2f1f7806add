"""Our own witness over HTTP: for a sister site, or a machine in another's hands.

It knows nothing of Countersign's books: any log that speaks C2SP can be witnessed.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog

from inventory.evidence.witnesses.register import RefusedError, Register
from inventory.evidence.witnesses.wire import REQUEST_BYTES_MAX, SIZE_TYPE

ADD: Final = "/add-checkpoint"
TEXT: Final = "text/plain; charset=utf-8"
# A caller who takes longer to say a few lines is cut off.
PATIENCE_S: Final = 10

_CHECKPOINT: Final = "/checkpoint"
_log = structlog.get_logger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class WitnessApplication:
    """A WSGI application over a register."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request; a failure inside never looks like a cosignature."""
        try:
            text = self._answer(environ)
            status, kind = HTTPStatus.OK, TEXT
        except RefusedError as refusal:
            status, kind, text = refusal.status, TEXT, f"{refusal}\n"
            if refusal.held_size is not None:
                kind, text = SIZE_TYPE, f"{refusal.held_size}\n"
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it was, 500
            _log.error("witness_failed", exc_info=error)
            status, kind = HTTPStatus.INTERNAL_SERVER_ERROR, TEXT
            text = "The witness failed and cosigned nothing.\n"
        body = text.encode()
        length = ("Content-Length", str(len(body)))
        start_response(f"{status} {status.phrase}", [("Content-Type", kind), length])
        return [body]

    def _answer(self, environ: Environ) -> str:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if path == ADD and method == "POST":
            return self._register.add(_body(environ))
        if path.endswith(_CHECKPOINT) and method == "GET":
            origin_hash = path.removesuffix(_CHECKPOINT).removeprefix("/")
            note = self._register.note(origin_hash)
            if note is not None:
                return note
        raise RefusedError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def make_witness_server(register: Register, host: str, port: int) -> WSGIServer:
    """Bind a server; `serve_forever` runs it. Port 0 takes any free one."""
    application = WitnessApplication(register)
    return make_server(
        host, port, application, server_class=_Server, handler_class=_Handler
    )


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - theirs
        _log.info("witness_asked", line=format % args)


def _body(environ: Environ) -> bytes:
    """Read exactly the bytes that were announced.

    Raises:
        RefusedError: none or too many were announced, or fewer came.
    """
    announced = environ.get("CONTENT_LENGTH", "")
    if not announced.isascii() or not announced.isdigit():
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "Send a Content-Length.")
    if len(announced) > len(str(REQUEST_BYTES_MAX)) or (
        int(announced) > REQUEST_BYTES_MAX
    ):
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has more than {REQUEST_BYTES_MAX} bytes.",
        )
    body: bytes = environ["wsgi.input"].read(int(announced))
    if len(body) < int(announced):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The body ended too early.")
    return body
