"""The witnesses of an installation, from the addresses in its settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from inventory.evidence.witnesses.directory import DirectoryWitness
from inventory.evidence.witnesses.http_client import HttpWitness
from inventory.evidence.witnesses.mail import MailRelay, MailWitness
from inventory.evidence.witnesses.witness import Witness
from inventory.journal.notes import Algorithm, NoteError, Verifier
from inventory.kernel.clock import Clock

# What is sent is signed, but who reads along learns how much a clinic records.
_MAY_BE_PLAIN: Final = ("127.0.0.1", "::1", "localhost")
_SMTP_PORT: Final = 25
_SMTPS_PORT: Final = 465


class WitnessAddressError(ValueError):
    """An address names no witness; the text says which and what to write instead."""


def make_witnesses(
    addresses: Sequence[str],
    *,
    mail_relay: str | None,
    clock: Clock,
) -> list[Witness]:
    """Make the witnesses.

    Args:
        addresses: `dir:/path`, `https://host/path#key` or `mailto:address` each.
        mail_relay: `smtp://` or `smtps://` address of the server that takes our mail.
        clock: the time.

    Raises:
        WitnessAddressError: one of them cannot be used.
    """
    made: list[Witness] = []
    for address in addresses:
        scheme, _, rest = address.partition(":")
        if scheme == "dir":
            made.append(DirectoryWitness(Path(rest)))
        elif scheme == "mailto":
            relay = _relay(address, mail_relay)
            made.append(MailWitness(rest, relay=relay, clock=clock))
        else:
            made.append(_http_witness(address, clock))
    if len({witness.name for witness in made}) < len(made):
        raise WitnessAddressError("Two witnesses have one name. Keep one of them.")
    return made


def _http_witness(address: str, clock: Clock) -> HttpWitness:
    url, _, key = address.partition("#")
    parts = _split(url)
    if parts.scheme != "https" and parts.hostname not in _MAY_BE_PLAIN:
        raise WitnessAddressError(f"{url}: a witness elsewhere is asked over https.")
    try:
        own_key = Verifier.read(key)
    except NoteError as error:
        raise WitnessAddressError(f"{url}: {error}") from error
    if own_key.algorithm is not Algorithm.COSIGNATURE:
        raise WitnessAddressError(
            f"{url}: this is the key of a log. Ask for the key of the witness."
        )
    return HttpWitness(url, own_key=own_key, clock=clock)


def _relay(address: str, mail_relay: str | None) -> MailRelay:
    if mail_relay is None:
        raise WitnessAddressError(
            f"{address}: set COUNTERSIGN_MAIL_RELAY to the server that takes our mail."
        )
    parts = _split(mail_relay)
    tls = parts.scheme == "smtps"
    return MailRelay(
        host=parts.hostname or "",
        port=parts.port or (_SMTPS_PORT if tls else _SMTP_PORT),
        tls_from_start=tls,
        user=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError as error:
        raise WitnessAddressError(
            f"{parts.hostname}: there is no such port."
        ) from error
    return parts
