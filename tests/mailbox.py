"""A mail server of our own: it speaks just enough SMTP to take a mail."""

import socket
import ssl
import threading
from base64 import b64decode
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import BinaryIO, Self, cast

_REPLIES = {
    "AUTH": b"235 welcome\r\n",
    "DATA": b"354 go on\r\n",
    "QUIT": b"221 bye\r\n",
    "STARTTLS": b"220 go on\r\n",
}


class Mailbox:
    """Takes mails on a port of this machine.

    Args:
        context: of its certificate; None: it speaks no TLS.
        tls_from_start: as `smtps` does; otherwise STARTTLS is offered with a context.
        refuses: the command that it answers with 550.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        *,
        tls_from_start: bool = False,
        refuses: str = "",
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.commands: list[str] = []
        self.signed_in: list[tuple[str, str]] = []
        self.encrypted = False
        self._context = context
        self._tls_from_start = tls_from_start
        self._refuses = refuses
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with suppress(OSError):  # the other side had enough
                self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        with connection:
            if not self._tls_from_start:
                self._talk(connection, b"220 mailbox\r\n")
                return
            with self._secured(connection) as secured:
                self._talk(secured, b"220 mailbox\r\n")

    def _secured(self, connection: socket.socket) -> socket.socket:
        assert self._context is not None, "TLS needs a certificate"
        secured = self._context.wrap_socket(connection, server_side=True)
        self.encrypted = True
        return secured

    def _talk(self, connection: socket.socket, greeting: bytes = b"") -> None:
        connection.sendall(greeting)
        with cast("BinaryIO", connection.makefile("rb")) as lines:
            while line := lines.readline():
                self.commands.append(line.decode().strip())
                verb, *words = line.decode().split()
                connection.sendall(self._reply(verb.upper(), words))
                if verb.upper() == "STARTTLS":
                    break
                if verb.upper() == "DATA" and self._refuses != "DATA":
                    self.mails.append(_read_mail(lines))
                    connection.sendall(b"250 taken\r\n")
            else:
                return
        with self._secured(connection) as secured:
            self._talk(secured)

    def _reply(self, verb: str, words: list[str]) -> bytes:
        if verb == self._refuses:
            return b"550 not here\r\n"
        if verb == "EHLO":
            offers_tls = self._context is not None and not self.encrypted
            greeted = b"250-mailbox\r\n"
            return greeted + (
                b"250 STARTTLS\r\n" if offers_tls else b"250 AUTH PLAIN\r\n"
            )
        if verb == "AUTH":
            _, name, password = b64decode(words[1]).decode().split("\0")
            self.signed_in.append((name, password))
        return _REPLIES.get(verb, b"250 so be it\r\n")


def _read_mail(lines: BinaryIO) -> EmailMessage:
    content = b""
    while (line := lines.readline()) != b".\r\n":
        content += line.removeprefix(b".")
    return BytesParser(policy=policy.default).parsebytes(content)
