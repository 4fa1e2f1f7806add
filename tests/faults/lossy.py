"""A proxy on this machine that loses answers: the work is done, and nobody is told."""

from contextlib import suppress
from random import Random
from select import select
from socket import create_connection
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Condition, Thread
from typing import Any, Self

_CHUNK = 65_536
_ONE_IN_TWO = 0.5


class LossyProxy(ThreadingTCPServer):
    """Forwards requests to a service, and about every other answer back.

    Attributes:
        lost: how many answers it has lost so far.
    """

    daemon_threads = True

    def __init__(self, service: tuple[str, int], *, chance: Random) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.service = service
        self.lost = 0
        self._chance = chance
        self._changed = Condition()
        self._thread = Thread(target=self.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Host and port."""
        return "{}:{}".format(*self.server_address)

    def loses(self) -> bool:
        """Decide about one answer."""
        with self._changed:
            lost = self._chance.random() < _ONE_IN_TWO
            self.lost += lost
            self._changed.notify_all()
            return lost

    def wait_for(self, lost: int, *, seconds: float) -> bool:
        """Wait until a number of answers is lost; False if they are not."""
        with self._changed:
            return self._changed.wait_for(lambda: self.lost >= lost, seconds)


class _Relay(BaseRequestHandler):
    """One connection: it ends without a word where an answer is lost."""

    server: LossyProxy

    def handle(self) -> None:
        with suppress(OSError), create_connection(self.server.service) as service:
            self._relay(service)

    def _relay(self, service: Any) -> None:
        asked = False
        while True:
            for ready in select([self.request, service], [], [])[0]:
                data = ready.recv(_CHUNK)
                # The first bytes of an answer: its transaction is committed.
                if not data or (ready is service and asked and self.server.loses()):
                    return
                asked = ready is self.request
                (service if asked else self.request).sendall(data)
