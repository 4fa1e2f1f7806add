"""The signatures of an entry as people read them (21 CFR 11.50). PURE."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed an entry, when, meaning what, and by what they were known.

    Attributes:
        name: printed name.
        meaning: of `kernel.actors.Meaning`.
        signed_at: by the server's clock, UTC.
        factors: what they used, such as ("password", "totp").
    """

    name: str
    meaning: str
    signed_at: datetime
    factors: tuple[str, ...]


def read_signatures(body: Mapping[str, Any]) -> tuple[Signature, ...]:
    """Read the signatures of an entry, its author's first.

    An entry that nobody proved anything for, such as that of a scheduled job, has none.

    Args:
        body: the entry, parsed.
    """
    return tuple(_read(body))


def _read(body: Mapping[str, Any]) -> Iterator[Signature]:
    signed = [(body["actor"], body["recorded_at"])]
    signed += [
        (each, each.get("proven_at"))
        for each in (body["witness"], body.get("second_witness"))
        if each is not None
    ]
    for person, at in signed:
        if person.get("factors") and "meaning" in person:
            yield Signature(
                name=person["name"],
                meaning=person["meaning"],
                signed_at=datetime.fromisoformat(at),
                factors=tuple(person["factors"]),
            )
