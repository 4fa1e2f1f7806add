"""Codes of an authenticator app (RFC 6238): six digits, thirty seconds, used once."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

import pyotp
from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from inventory.credentials.sealing import Sealing
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import TotpDevice

ISSUER: Final = "Countersign"
DIGITS: Final = 6
STEP_S: Final = 30
# A clock that is off by one step, and a code typed as it changes.
_WINDOW: Final = (0, -1, 1)
_PURPOSE: Final = "authenticator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An authenticator that waits for its first code; shown once.

    Attributes:
        device_id: comes back with the code.
        secret: base32, for typing in.
        uri: `otpauth://...`, for a QR code.
    """

    device_id: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which step of which authenticator a code is of."""

    device_id: str
    step: int


def is_code(text: str) -> bool:
    """Tell whether a text has the form of a code; apps show a space in the middle."""
    digits = text.replace(" ", "")
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()


def enrol(
    db: Session,
    person_id: str,
    *,
    sign_in_name: str,
    label: str,
    sealing: Sealing,
    now: datetime,
) -> Enrolment:
    """Make an authenticator's secret; it counts once it is confirmed."""
    device_id = new_id("otp", now)
    secret = pyotp.random_base32()
    db.add(
        TotpDevice(
            id=device_id,
            person_id=person_id,
            label=label,
            sealed_secret=sealing.seal(
                secret.encode(), purpose=_PURPOSE, place=f"{device_id} {person_id}"
            ),
            created_at=now,
        )
    )
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    uri = totp.provisioning_uri(name=sign_in_name, issuer_name=ISSUER)
    return Enrolment(device_id=device_id, secret=secret, uri=uri)


def confirmed(db: Session, person_id: str) -> list[TotpDevice]:
    """Give the authenticators that count, oldest first."""
    query = select(TotpDevice).where(
        TotpDevice.person_id == person_id,
        TotpDevice.confirmed_at.is_not(None),
        TotpDevice.removed_at.is_(None),
    )
    return list(db.scalars(query.order_by(TotpDevice.id)))


def waiting(db: Session, person_id: str, device_id: str) -> TotpDevice | None:
    """Give a person's authenticator that waits for its first code."""
    query = select(TotpDevice).where(
        TotpDevice.id == device_id,
        TotpDevice.person_id == person_id,
        TotpDevice.confirmed_at.is_(None),
        TotpDevice.removed_at.is_(None),
    )
    return db.scalar(query)


def match(
    devices: list[TotpDevice], code: str, *, sealing: Sealing, now: datetime
) -> Match | None:
    """Find the step a code is of, among those not used yet; uses nothing up.

    Raises:
        SecretKeyChangedError: a secret was sealed under another key.
    """
    if not is_code(code):
        return None
    digits = code.replace(" ", "")
    present = int(now.timestamp()) // STEP_S
    for device in devices:
        used = -1 if device.last_step is None else device.last_step
        place = f"{device.id} {device.person_id}"
        secret = sealing.open(device.sealed_secret, purpose=_PURPOSE, place=place)
        totp = pyotp.TOTP(secret.decode(), digits=DIGITS, interval=STEP_S)
        for step in (present + shift for shift in _WINDOW):
            right = hmac.compare_digest(totp.generate_otp(step), digits)
            if right and step > used:
                return Match(device_id=device.id, step=step)
    return None


def use(db: Session, matched: Match, *, confirmed_at: datetime | None = None) -> bool:
    """Use a code up; False when it, or a later one, was used meanwhile."""
    values: dict[str, Any] = {"last_step": matched.step}
    if confirmed_at is not None:
        values["confirmed_at"] = confirmed_at
    query = update(TotpDevice).where(
        TotpDevice.id == matched.device_id,
        TotpDevice.removed_at.is_(None),
        or_(TotpDevice.last_step.is_(None), TotpDevice.last_step < matched.step),
    )
    return cast("CursorResult[Any]", db.execute(query.values(values))).rowcount == 1
