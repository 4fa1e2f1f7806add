"""A witness over HTTP: ours answers as C2SP says, a hostile one is not believed."""

import socket
import ssl
import struct
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest

from inventory.evidence.witnesses.exchange import ANSWER_BYTES_MAX
from inventory.evidence.witnesses.http_client import HttpWitness
from inventory.evidence.witnesses.own_key import new_signer
from inventory.evidence.witnesses.register import Register
from inventory.evidence.witnesses.server import make_witness_server
from inventory.evidence.witnesses.wire import REQUEST_BYTES_MAX, hash_origin
from inventory.evidence.witnesses.witness import Trouble, WitnessError
from inventory.journal.notes import Signer, cosign, open_note
from inventory.kernel.clock import FrozenClock
from tests.certificates import write_certificate
from tests.logs import ORIGIN, Log

LOG = Log()
FORK = Log(forked_at=3)
SIGNER = new_signer("clinic-b.example/witness")
OTHER = new_signer("clinic-b.example/witness")
KEYS = [LOG.signer.verifier]
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Where our own witness answers."""
    register = Register(
        tmp_path, signer=SIGNER, logs={ORIGIN: KEYS}, clock=FrozenClock(NOW)
    )
    with make_witness_server(register, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield "127.0.0.1", server.server_port
        server.shutdown()
        thread.join()
    register.close()


@pytest.fixture
def witness(address: tuple[str, int]) -> HttpWitness:
    """The same, as its client sees it."""
    return client(address[1])


def client(port: int, *, timeout_s: int = 5, scheme: str = "http") -> HttpWitness:
    """Ask a witness on a port of this machine."""
    return HttpWitness(
        f"{scheme}://127.0.0.1:{port}",
        own_key=SIGNER.verifier,
        clock=FrozenClock(NOW),
        timeout_s=timeout_s,
    )


def test_it_cosigns_and_recalls(witness: HttpWitness) -> None:
    assert witness.recall(ORIGIN, KEYS) is None
    for known_size, size in ((0, 5), (5, 9)):
        line = witness.hold(LOG.submission(size, known_size))
        assert open_note(f"{LOG.note(size)}{line}\n", [SIGNER.verifier]).text
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(9)


@pytest.mark.parametrize("wrong_size", [0, 3, 8])
def test_its_word_on_the_size_it_holds_is_taken(
    witness: HttpWitness, wrong_size: int
) -> None:
    witness.hold(LOG.submission(5))
    witness.hold(LOG.submission(9, wrong_size))
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(9)


def test_books_that_were_put_back_are_found_out(witness: HttpWitness) -> None:
    witness.hold(LOG.submission(9))
    assert trouble(lambda: witness.hold(LOG.submission(5))) is Trouble.AHEAD


@pytest.mark.parametrize("size", [5, 9])
def test_another_history_is_found_out(witness: HttpWitness, size: int) -> None:
    witness.hold(LOG.submission(5))
    assert trouble(lambda: witness.hold(FORK.submission(size))) is Trouble.CONTRADICTS
    assert witness.recall(ORIGIN, KEYS) == LOG.checkpoint(5)


@pytest.mark.parametrize("log", [Log("countersign/reg_other"), Log(signed_by="thief")])
def test_a_log_or_key_it_was_not_given_is_refused(
    witness: HttpWitness, log: Log
) -> None:
    assert trouble(lambda: witness.hold(log.submission(5))) is Trouble.REFUSED


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        ("GET / HTTP/1.1", 404),
        ("GET /add-checkpoint HTTP/1.1", 404),
        (f"GET /{hash_origin('countersign/reg_other')}/checkpoint HTTP/1.1", 404),
        ("GET /../witness-key HTTP/1.1", 404),
        ("POST /checkpoint HTTP/1.1\r\nContent-Length: 0", 404),
        ("POST /add-checkpoint HTTP/1.1", 411),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1", 411),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: 0", 400),
        (
            f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {REQUEST_BYTES_MAX + 1}",
            413,
        ),
        (f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {'9' * 99}", 413),
    ],
)
def test_what_is_no_checkpoint_is_refused(
    address: tuple[str, int], request_head: str, status: int
) -> None:
    assert _raw(address, f"{request_head}\r\n\r\n".encode()).startswith(
        f"HTTP/1.0 {status} ".encode()
    )


def test_a_conflict_names_the_size_it_holds(
    address: tuple[str, int], witness: HttpWitness
) -> None:
    witness.hold(LOG.submission(5))
    body = LOG.request(3, 9)
    head = f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = _raw(address, head.encode() + body)
    assert answer.startswith(b"HTTP/1.0 409 Conflict\r\n")
    assert b"Content-Type: text/x.tlog.size\r\n" in answer
    assert answer.endswith(b"\r\n\r\n5\n")


def test_a_broken_memory_signs_nothing(witness: HttpWitness, tmp_path: Path) -> None:
    witness.hold(LOG.submission(5))
    (path,) = tmp_path.glob("*.checkpoint")
    path.write_text("nothing", encoding="ascii")
    with pytest.raises(WitnessError, match="answers 500"):
        witness.hold(LOG.submission(9, 5))


# A hostile witness: what it answers to the n-th question.
Answers = Callable[[int], bytes]


def _http(status: int, body: str | bytes, kind: str = "text/plain") -> bytes:
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.0 {status} Said\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + content


def _line(size: int = 9, *, at: datetime = NOW, by: Signer = SIGNER) -> str:
    return f"{cosign(LOG.checkpoint(size), by, at=at)}\n"


def _at_a_moved_time() -> str:
    """A true cosignature whose time is turned back afterwards."""
    mark, name, signed = _line().split()
    raw = bytearray(b64decode(signed))
    raw[4:12] = struct.pack(">Q", 1)
    return f"{mark} {name} {b64encode(raw).decode()}\n"


def _over_a_moved_text() -> str:
    """A signature over our note as the text of a longer note."""
    text = f"{LOG.note(9)}more\n"
    mark, name, _ = _line().split()
    at = int(NOW.timestamp())
    signed = SIGNER.verifier.key_hash + at.to_bytes(8)
    message = f"cosignature/v1\ntime {at}\n{text}".encode()
    signed += SIGNER.private_key.sign(message)
    return f"more\n\n{mark} {name} {b64encode(signed).decode()}\n"


_SIZE = "text/x.tlog.size"
_HOSTILE: dict[str, tuple[Answers, Trouble]] = {
    "hangs up": (lambda _: b"", Trouble.SILENT),
    "no HTTP": (lambda _: b"SSH-2.0\r\n", Trouble.SILENT),
    "500": (lambda _: _http(500, "no"), Trouble.SILENT),
    "a redirect": (
        lambda _: b"HTTP/1.0 307 x\r\nLocation: http://127.0.0.1/\r\n\r\n",
        Trouble.SILENT,
    ),
    "an endless answer": (
        lambda _: _http(200, "x" * (ANSWER_BYTES_MAX + 1)),
        Trouble.SILENT,
    ),
    "endless headers": (
        lambda _: b"HTTP/1.0 200 x\r\n" + b"A: b\r\n" * 999,
        Trouble.SILENT,
    ),
    "nothing": (lambda _: _http(200, ""), Trouble.UNTRUSTED),
    "no note": (lambda _: _http(200, "signed, truly"), Trouble.UNTRUSTED),
    "no text": (lambda _: _http(200, b"\xff\xfe\n"), Trouble.UNTRUSTED),
    "wrong key": (lambda _: _http(200, _line(by=OTHER)), Trouble.UNTRUSTED),
    "replayed cosignature": (lambda _: _http(200, _line(5)), Trouble.UNTRUSTED),
    "another history": (
        lambda _: _http(200, f"{cosign(FORK.checkpoint(9), SIGNER, at=NOW)}\n"),
        Trouble.UNTRUSTED,
    ),
    "time moved": (lambda _: _http(200, _at_a_moved_time()), Trouble.UNTRUSTED),
    "text moved": (lambda _: _http(200, _over_a_moved_text()), Trouble.UNTRUSTED),
    "future time": (
        lambda _: _http(200, _line(at=NOW + timedelta(minutes=5, seconds=1))),
        Trouble.UNTRUSTED,
    ),
    "no time": (
        lambda _: _http(200, _line(at=datetime(1970, 1, 1, tzinfo=UTC))),
        Trouble.UNTRUSTED,
    ),
    "our own signature": (
        lambda _: _http(200, f"{LOG.note(9).splitlines()[-1]}\n"),
        Trouble.UNTRUSTED,
    ),
    "409 loop": (lambda n: _http(409, f"{n % 7 + 1}\n", _SIZE), Trouble.SILENT),
    "409 without size": (lambda _: _http(409, "later\n", _SIZE), Trouble.SILENT),
    "409 of another type": (lambda _: _http(409, "5\n"), Trouble.SILENT),
    "409 with a zero": (lambda _: _http(409, "05\n", _SIZE), Trouble.SILENT),
    "409 enormous": (lambda _: _http(409, "9" * 30 + "\n", _SIZE), Trouble.SILENT),
    "409 above us": (lambda _: _http(409, "10\n", _SIZE), Trouble.AHEAD),
}


@pytest.mark.parametrize(("answers", "expected"), _HOSTILE.values(), ids=_HOSTILE)
def test_a_hostile_answer_is_not_believed(answers: Answers, expected: Trouble) -> None:
    with _Hostile(answers) as hostile:
        found = trouble(lambda: client(hostile.port).hold(LOG.submission(9)))
    assert found is expected
    assert hostile.asked <= 3


_GOOD_RECALL = f"{LOG.note(9)}{_line(9)}"
_HOSTILE_RECALL: dict[str, bytes] = {
    "500": _http(500, "no"),
    "nothing": _http(200, ""),
    "without its own signature": _http(200, LOG.note(9)),
    "without ours": _http(200, f"{LOG.checkpoint(9)}\n{_line(9)}"),
    "another size": _http(200, _GOOD_RECALL.replace("\n9\n", "\n8\n")),
    "another book": _http(
        200,
        f"{Log('countersign/x').note(9)}"
        f"{cosign(Log('countersign/x').checkpoint(9), SIGNER, at=NOW)}\n",
    ),
}


@pytest.mark.parametrize("answer", _HOSTILE_RECALL.values(), ids=_HOSTILE_RECALL)
def test_a_hostile_memory_is_not_believed(answer: bytes) -> None:
    with _Hostile(lambda _: answer) as hostile:
        found = trouble(lambda: client(hostile.port).recall(ORIGIN, KEYS))
    assert found in (Trouble.SILENT, Trouble.UNTRUSTED)


def test_lines_of_unknown_witnesses_are_left_out() -> None:
    stranger = _line(by=new_signer("elsewhere.example/w"))
    with _Hostile(lambda _: _http(200, stranger + _line() + stranger)) as hostile:
        line = client(hostile.port).hold(LOG.submission(9))
    assert f"{line}\n" == _line()


def test_a_time_up_to_five_minutes_ahead_is_believed() -> None:
    line = _line(at=NOW + timedelta(minutes=5))
    with _Hostile(lambda _: _http(200, line)) as hostile:
        assert client(hostile.port).hold(LOG.submission(9)) == line.rstrip("\n")


@pytest.mark.parametrize("said_at_once", [b"", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_one_that_says_a_byte_now_and_then_is_cut_off(said_at_once: bytes) -> None:
    with _Hostile(lambda _: said_at_once, drips=True) as hostile:
        found = trouble(lambda: client(hostile.port, timeout_s=2).recall(ORIGIN, KEYS))
    assert found in (Trouble.SILENT, Trouble.UNTRUSTED)


def test_it_is_asked_over_tls_if_its_certificate_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = write_certificate(tmp_path / "certificate")
    with _Hostile(lambda _: _http(200, _line()), context=context) as server:
        witness = client(server.port, scheme="https")
        assert trouble(lambda: witness.hold(LOG.submission(9))) is Trouble.SILENT
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
        assert f"{witness.hold(LOG.submission(9))}\n" == _line()


def test_one_that_is_not_there_is_silent() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    assert trouble(lambda: client(port).hold(LOG.submission(9))) is Trouble.SILENT


def trouble(attempt: Callable[[], object]) -> Trouble:
    """Expect a witness to fail; tell how."""
    with pytest.raises(WitnessError) as caught:
        attempt()
    return caught.value.trouble


class _Hostile:
    """A server that answers every request with what it likes."""

    def __init__(
        self,
        answers: Answers,
        *,
        drips: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.asked = 0
        self._answers = answers
        self._drips = drips
        self._context = context
        self._ended = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with suppress(OSError), self._secured(connection) as secured:
                self._answer(secured)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        try:
            return self._context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise

    def _answer(self, connection: socket.socket) -> None:
        _read_request(connection)
        answer = self._answers(self.asked)
        self.asked += 1
        connection.sendall(answer)
        while self._drips and not self._ended.wait(0.5):
            connection.sendall(b"H")


def _read_request(connection: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(4096)
    head, _, body = head.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(4096)


def _raw(address: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(4096):
            answer += part
    return answer
