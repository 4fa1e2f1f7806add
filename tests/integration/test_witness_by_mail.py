"""A checkpoint reaches the compliance officer by mail, over a real connection."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

import pytest

from inventory.evidence.witnesses.mail import MailRelay, MailWitness
from inventory.evidence.witnesses.witness import Trouble, WitnessError
from inventory.kernel.clock import FrozenClock
from tests.certificates import write_certificate
from tests.logs import Log
from tests.mailbox import Mailbox

LOG = Log()
OFFICER = "olga@harbor.example"
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The context of a mail server whose certificate this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
    return write_certificate(tmp_path / "certificate")


def _witness(
    port: int,
    *,
    host: str = "127.0.0.1",
    user: str | None = None,
    tls_from_start: bool = False,
) -> MailWitness:
    relay = MailRelay(
        host=host,
        port=port,
        user=user,
        password="correct horse",
        tls_from_start=tls_from_start,
    )
    return MailWitness(OFFICER, relay=relay, clock=FrozenClock(NOW))


def test_the_mail_carries_the_note_byte_for_byte() -> None:
    with Mailbox() as mailbox:
        assert _witness(mailbox.port).hold(LOG.submission(12)) == ""
    [mail] = mailbox.mails
    assert mail["To"] == OFFICER
    assert mail["Subject"] == "Checkpoint of countersign/reg_harbor: 12 entries"
    assert mail["Date"].datetime == NOW
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "12.checkpoint"
    assert attached.get_payload(decode=True) == LOG.note(12).encode()


def test_the_words_say_what_to_do_with_it() -> None:
    with Mailbox() as mailbox:
        _witness(mailbox.port).hold(LOG.submission(12))
    body = mailbox.mails[0].get_body()
    assert body is not None
    assert "the first 12 entries of the book countersign/reg_harbor" in (
        body.get_content()
    )
    assert "Keep this mail" in body.get_content()


def test_starttls_is_used_where_it_is_offered(context: ssl.SSLContext) -> None:
    with Mailbox(context) as mailbox:
        _witness(mailbox.port, user="harbor").hold(LOG.submission(12))
    assert mailbox.encrypted
    assert mailbox.signed_in == [("harbor", "correct horse")]
    assert len(mailbox.mails) == 1


def test_tls_from_the_start(context: ssl.SSLContext) -> None:
    with Mailbox(context, tls_from_start=True) as mailbox:
        witness = _witness(mailbox.port, user="harbor", tls_from_start=True)
        witness.hold(LOG.submission(12))
    assert mailbox.signed_in == [("harbor", "correct horse")]
    assert len(mailbox.mails) == 1


def test_a_relay_elsewhere_that_offers_no_tls_gets_nothing() -> None:
    """This machine by another of its names stands for one elsewhere."""
    with Mailbox() as mailbox:
        witness = _witness(mailbox.port, host=gethostname())
        assert _trouble(lambda: witness.hold(LOG.submission(12))) is Trouble.SILENT
    assert mailbox.mails == []


def test_no_password_is_sent_in_the_clear() -> None:
    with Mailbox() as mailbox:
        witness = _witness(mailbox.port, user="harbor")
        assert _trouble(lambda: witness.hold(LOG.submission(12))) is Trouble.SILENT
    assert [line for line in mailbox.commands if line.startswith("AUTH")] == []


@pytest.mark.parametrize("tls_from_start", [False, True])
def test_a_server_of_an_unknown_certificate_gets_nothing(
    tmp_path: Path, *, tls_from_start: bool
) -> None:
    context = write_certificate(tmp_path / "nobody trusts this")
    with Mailbox(context, tls_from_start=tls_from_start) as mailbox:
        witness = _witness(mailbox.port, tls_from_start=tls_from_start)
        assert _trouble(lambda: witness.hold(LOG.submission(12))) is Trouble.SILENT
    assert mailbox.mails == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_mail_that_is_refused_is_not_held(command: str) -> None:
    with Mailbox(refuses=command) as mailbox:
        witness = _witness(mailbox.port)
        assert _trouble(lambda: witness.hold(LOG.submission(12))) is Trouble.SILENT
    assert mailbox.mails == []


def test_a_password_is_not_shown() -> None:
    relay = MailRelay(host="relay", port=25, user="harbor", password="correct horse")
    assert "correct" not in repr(relay)


def _trouble(attempt: Callable[[], object]) -> Trouble:
    with pytest.raises(WitnessError) as caught:
        attempt()
    return caught.value.trouble
