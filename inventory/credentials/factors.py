"""What people prove their identity with: the list, the password, and the reset of all.

A change takes the `Identified` that `Identifier.confirm` gave just before, and stands
in the person's books.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory.credentials import passkeys, recovery, sign_ins, totp
from inventory.credentials.changes import tell
from inventory.credentials.identified import Identified
from inventory.credentials.passwords import NewPassword
from inventory.credentials.strength import LENGTH_MIN_ALONE
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.credentials import Passkey, TotpDevice
from inventory.models.people import Person

RESET: Final = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFactor:
    """An authenticator or passkey as its owner sees it."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFactors:
    """What a person has beside the name."""

    password_set_at: datetime | None
    authenticators: tuple[OwnFactor, ...]
    passkeys: tuple[OwnFactor, ...]
    recovery_codes_left: int

    @property
    def has_second(self) -> bool:
        """Tell whether there is a second factor beside the password."""
        return bool(self.authenticators or self.passkeys)


def list_factors(db: Session, person_id: str) -> OwnFactors:
    """List what a person has."""
    set_at = db.scalar(select(Person.password_set_at).where(Person.id == person_id))
    return OwnFactors(
        password_set_at=set_at,
        authenticators=tuple(
            OwnFactor(
                id=device.id,
                label=device.label,
                created_at=device.created_at,
                last_used_at=_at(device.last_step),
            )
            for device in totp.confirmed(db, person_id)
        ),
        passkeys=tuple(
            OwnFactor(
                id=passkey.id,
                label=passkey.label,
                created_at=passkey.created_at,
                last_used_at=passkey.last_used_at,
            )
            for passkey in passkeys.in_use(db, person_id)
        ),
        recovery_codes_left=recovery.left(db, person_id),
    )


def change_password(
    db: Session,
    by: Identified,
    password: NewPassword,
    *,
    sign_in_id: str | None,
    clock: Clock,
) -> None:
    """Change one's password; all sign-ins but the one that asked end.

    Raises:
        InventoryError: INVALID_FIELD for a short one without a second factor.
    """
    person_id = by.actor.id
    set_password(db, person_id, password, now=clock.now())
    sign_ins.end_all(
        db, person_id, why="revoked", now=clock.now(), except_id=sign_in_id
    )
    tell(db, by.actor, "password_set", clock=clock)


def set_password(
    db: Session, person_id: str, password: NewPassword, *, now: datetime
) -> None:
    """Set a password, and nothing else.

    Raises:
        InventoryError: INVALID_FIELD for a short one without a second factor.
    """
    if (
        password.length < LENGTH_MIN_ALONE
        and not list_factors(db, person_id).has_second
    ):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"A password under {LENGTH_MIN_ALONE} characters stands only beside a "
            "second factor. Take a longer one, or add an authenticator first.",
            field="password",
        )
    db.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(
            password_hash=password.hash,
            password_set_at=now,
            password_length=password.length,
        )
    )


def reset(db: Session, person_id: str, *, now: datetime) -> None:
    """Take away password, second factors, recovery codes and sign-ins.

    For an approved reset, whose event (`credentials:reset`) the caller writes.
    """
    for table in (TotpDevice, Passkey):
        theirs = update(table).where(
            table.person_id == person_id, table.removed_at.is_(None)
        )
        db.execute(theirs.values(removed_at=now))
    recovery.withdraw(db, person_id, now=now)
    db.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(password_hash=None, password_set_at=None, password_length=None)
    )
    sign_ins.end_all(db, person_id, why=RESET, now=now)


def _at(step: int | None) -> datetime | None:
    return None if step is None else datetime.fromtimestamp(step * totp.STEP_S, UTC)
