"""Where a message ends is said once, or the message is refused (request smuggling)."""

import re

import pytest

from tests.security.served import Served

_SECOND = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
_HOST = b"Host: localhost\r\n"

# Each could be read as one message by one program and as two by the next.
_AMBIGUOUS = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 46\r\n\r\n",
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "a length in hex": b"Content-Length: 0x0\r\n\r\n",
    "a blank before the colon": b"Content-Length : 0\r\n\r\n",
    "an unknown encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a folded line": b"X-Note: a\r\n Content-Length: 0\r\n\r\n",
    "a NUL in a value": b"X-Note: a\x00b\r\nContent-Length: 0\r\n\r\n",
}


def test_a_plain_message_is_answered(served: Served) -> None:
    said = served.say(_SECOND.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b'{"live":true}' in said


@pytest.mark.parametrize("ambiguous", _AMBIGUOUS.values(), ids=_AMBIGUOUS)
def test_a_message_with_two_readings_is_refused_and_the_line_closed(
    served: Served, ambiguous: bytes
) -> None:
    said = served.say(b"POST /health/live HTTP/1.1\r\n" + _HOST + ambiguous + _SECOND)
    statuses = re.findall(rb"^HTTP/1\.1 (\d{3})", said, re.MULTILINE)
    assert len(statuses) == 1, said
    assert statuses[0] in (b"400", b"501"), said


def test_a_request_is_not_echoed(served: Served) -> None:
    asked = b"TRACE /sign-in HTTP/1.1\r\n" + _HOST + b"Cookie: a=canary\r\n\r\n"
    said = served.say(asked)
    assert said.startswith(b"HTTP/1.1 405 ")
    assert b"canary" not in said


def test_a_line_that_never_ends_is_cut_off(served: Served) -> None:
    said = served.say(b"GET /" + b"a" * 100_000)
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 414 "))
