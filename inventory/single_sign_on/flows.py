"""A way to the provider and back: kept in the browser that began it, sealed."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from inventory.credentials.challenges import LIFETIME
from inventory.credentials.sealing import Sealing, SecretKeyChangedError
from inventory.single_sign_on.client import Asked

_PURPOSE: Final = "way to the organisation's sign-in"
_BROWSER: Final = "browser"


class Purpose(StrEnum):
    """What somebody goes there for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One way there and back.

    Attributes:
        purpose: what for.
        asked: the question to the provider.
        next: the page of ours to go on to.
        question_id: the kept question, of somebody who is signed in here.
    """

    purpose: Purpose
    asked: Asked
    next: str
    question_id: str | None = None


def seal(sealing: Sealing, flow: Flow) -> str:
    """Write a flow so that nobody reads or makes one without the service's key."""
    said = asdict(flow)
    said["asked"]["asked_at"] = flow.asked.asked_at.isoformat()
    return sealing.seal(json.dumps(said).encode(), purpose=_PURPOSE, place=_BROWSER)


def unseal(sealing: Sealing, sealed: str, *, now: datetime) -> Flow | None:
    """Read a flow; None when it is not one of ours, or took longer than 5 minutes."""
    try:
        said = json.loads(sealing.open(sealed, purpose=_PURPOSE, place=_BROWSER))
    except SecretKeyChangedError:
        return None
    asked_at = datetime.fromisoformat(said["asked"].pop("asked_at"))
    if asked_at + LIFETIME <= now:
        return None
    asked = Asked(asked_at=asked_at, **said.pop("asked"))
    return Flow(purpose=Purpose(said.pop("purpose")), asked=asked, **said)
