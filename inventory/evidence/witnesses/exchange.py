"""One question to a witness over HTTP, and the answer to it.

The other side may be slow, endless or hostile: time and bytes are limited, no redirect
is followed, and what comes back is bytes for the caller to distrust.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from typing import Final
from urllib.parse import SplitResult

ANSWER_BYTES_MAX: Final = 64 * 1024
TIMEOUT_S: Final = 10

_CONNECTIONS: Final = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness said."""

    status: int
    content_type: str
    body: bytes


class NoAnswerError(Exception):
    """There was none in time, or it was too long or no HTTP."""


def ask(
    url: SplitResult,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    timeout_s: int = TIMEOUT_S,
) -> Answer:
    """Ask once.

    Args:
        url: scheme, host and port of the witness, and the prefix of its paths.
        method: GET or POST.
        path: below the prefix, with its slash.
        body: what is sent.
        timeout_s: for the whole exchange.

    Raises:
        NoAnswerError: nothing of use came back.
    """
    try:
        with _connected(url, timeout_s) as connection:
            connection.request(method, f"{url.path.rstrip('/')}{path}", body)
            with connection.getresponse() as response:
                content = response.read(ANSWER_BYTES_MAX + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(type(error).__name__) from error
    if len(content) > ANSWER_BYTES_MAX:
        raise NoAnswerError(f"more than {ANSWER_BYTES_MAX} bytes")
    return Answer(response.status, response.headers.get_content_type(), content)


@contextmanager
def _connected(
    url: SplitResult, timeout_s: int
) -> Iterator[http.client.HTTPConnection]:
    """Connect, and cut off after the time, also if a byte comes every now and then."""
    host = url.hostname or ""
    connection = _CONNECTIONS[url.scheme](host, url.port)
    sock = socket.create_connection((host, connection.port), timeout_s)
    if url.scheme == "https":
        sock = ssl.create_default_context().wrap_socket(
            sock, server_hostname=host, do_handshake_on_connect=False
        )
    timer = Timer(timeout_s, _cut_off, [sock])
    timer.daemon = True
    timer.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection.sock = sock
        yield connection
    finally:
        timer.cancel()
        sock.close()


def _cut_off(sock: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        sock.shutdown(socket.SHUT_RDWR)
