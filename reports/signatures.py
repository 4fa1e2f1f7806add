"""Signatures in print: name, meaning, time with its zone, factors (21 CFR 11.50)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Final

from reports.ledger_data import LedgerLine
from reports.masthead import Period
from reports.tables import Align, Column, Row

COLUMNS: Final = (
    Column("Position", 40, Align.FIGURE),
    Column("Printed name", 140, stretch=1),
    Column("Meaning", 80),
    Column("Signed", 130),
    Column("With", 150),
)
_FACTORS: Final[Mapping[str, str]] = {
    "totp": "authenticator",
    "recovery_code": "recovery code",
    "oidc": "single sign-on",
    "mfa": "several factors there",
    "token": "token of a program",
}


def signature_rows(lines: Iterable[LedgerLine], period: Period) -> Iterator[Row]:
    """Give a row for each signature, in journal order; an entry's once."""
    for position, same in groupby(lines, key=attrgetter("position")):
        for signature in next(same).signatures:
            at = signature.signed_at.astimezone(period.zone)
            factors = (_FACTORS.get(each, each) for each in signature.factors)
            yield Row(
                (
                    str(position),
                    signature.name,
                    signature.meaning,
                    at.isoformat(timespec="seconds"),
                    ", ".join(factors),
                )
            )
