"""A witness that is a mailbox: the compliance officer's, outside this system.

It proves that a checkpoint left the house, and its holder can show it to an inspector.
It cannot be asked for it.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from config.hosts import is_loopback
from inventory.evidence.witnesses.witness import (
    Submission,
    Trouble,
    Witness,
    WitnessError,
)
from inventory.journal.notes import Checkpoint
from inventory.kernel.clock import Clock

TIMEOUT_S: Final = 20
# A mail for every ten entries would be read by nobody.
MAIL_INTERVAL: Final = timedelta(days=1)

_WORDS: Final = """\
The attached text fixes the first {size} entries of the book {origin}.
Keep this mail: whoever changes one of these entries later is found out by it.

{note}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRelay:
    """The server that takes our mail.

    Attributes:
        host: its name.
        port: 25 or 587; 465 with `tls_from_start`.
        tls_from_start: `smtps`; otherwise STARTTLS, without which nothing is sent but
            within this machine.
        user: name to sign in with; None: none is needed.
        password: of the user; it is never sent in the clear.
    """

    host: str
    port: int
    tls_from_start: bool = False
    user: str | None = None
    password: str = field(default="", repr=False)

    @property
    def may_be_open(self) -> bool:
        """Whether nobody stands on the way, nor is a password sent on it."""
        return self.user is None and is_loopback(self.host)


class MailWitness(Witness):
    """Mails a checkpoint a day to one person."""

    interval = MAIL_INTERVAL

    def __init__(self, address: str, *, relay: MailRelay, clock: Clock) -> None:
        self.name = f"mailto:{address}"
        self._address = address
        self._relay = relay
        self._clock = clock

    def hold(self, submission: Submission) -> str:
        """Mail the checkpoint; it is held once the relay has taken it."""
        message = self._message(submission.checkpoint, submission.note)
        try:
            with self._connected() as relay:
                relay.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            sentence = (
                f"The mail relay {self._relay.host} did not take the mail, or offers "
                "no TLS."
            )
            raise WitnessError(Trouble.SILENT, sentence) from error
        return ""

    def _message(self, checkpoint: Checkpoint, note: str) -> EmailMessage:
        message = EmailMessage()
        title = f"Checkpoint of {checkpoint.origin}: {checkpoint.size} entries"
        message["Subject"] = title
        message["From"] = message["To"] = self._address
        message["Date"] = format_datetime(self._clock.now())
        message["Auto-Submitted"] = "auto-generated"
        words = _WORDS.format(size=checkpoint.size, origin=checkpoint.origin, note=note)
        message.set_content(words)
        message.add_attachment(
            note.encode(),
            maintype="text",
            subtype="plain",
            filename=f"{checkpoint.size}.checkpoint",
        )
        return message

    def _connected(self) -> smtplib.SMTP:
        relay, context = self._relay, ssl.create_default_context()
        if relay.tls_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.host, relay.port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(relay.host, relay.port, timeout=TIMEOUT_S)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        relay = self._relay
        server.ehlo()
        if not relay.tls_from_start and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif not relay.tls_from_start and not relay.may_be_open:
            raise smtplib.SMTPException("nothing is sent in the clear")
        if relay.user is not None:
            server.login(relay.user, relay.password)
