"""Questions to a provider over the network: each takes a bounded time and size.

The other side may be down, slow or endless. However it behaves, at most a few threads
of this process wait for it, and none for longer than the time-out.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, Final, TypeVar, final

from requests import RequestException, Response, Session
from urllib3.exceptions import HTTPError

from inventory.single_sign_on.client import ProviderError, Trouble

TIMEOUT_S: Final = 10
ANSWER_BYTES_MAX: Final = 256 * 1024

_AT_ONCE: Final = 4
_WAIT_FOR_TURN_S: Final = 1

T = TypeVar("T")


@final
class Network:
    """Asks, within limits."""

    def __init__(self, timeout_s: int) -> None:
        self.timeout_s = timeout_s
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="provider")

    def fetch(self, address: str) -> dict[str, Any]:
        """Get a JSON object.

        Raises:
            ProviderError: SILENT.
        """

        def get() -> dict[str, Any]:
            with Session() as session:
                self.limit(session)
                answer = session.get(address, timeout=self.timeout_s, stream=True)
                answer.raise_for_status()
                return dict(answer.json())

        try:
            return self.run(get)
        except (ValueError, TypeError) as error:  # it is no JSON, or no object
            raise _silent(error) from error

    def limit(self, session: Session) -> None:
        """Let a session follow no redirect and read no endless answer."""
        session.max_redirects = 0
        session.hooks["response"].append(_cut)

    def run(self, ask: Callable[[], T]) -> T:
        """Ask in a thread of its own: it may hang, whoever waits for it may not.

        Raises:
            ProviderError: SILENT.
        """
        if not self._turns.acquire(timeout=_WAIT_FOR_TURN_S):
            raise ProviderError(Trouble.SILENT, "too many wait for it")
        asking = self._threads.submit(ask)
        asking.add_done_callback(self._next_turn)
        try:
            return asking.result(self.timeout_s)
        except (RequestException, TimeoutError) as error:
            raise _silent(error) from error

    def _next_turn(self, _: Future[Any]) -> None:
        self._turns.release()


def _cut(response: Response, **_: Any) -> None:
    with closing(response.raw) as raw:
        try:
            body = raw.read(ANSWER_BYTES_MAX + 1, decode_content=True)
        except HTTPError as error:
            raise RequestException(type(error).__name__) from error
    if len(body) > ANSWER_BYTES_MAX:
        raise RequestException(f"more than {ANSWER_BYTES_MAX} bytes")
    response.raw = BytesIO(body)


def _silent(error: Exception) -> ProviderError:
    return ProviderError(Trouble.SILENT, type(error).__name__)
