"""Second factors: authenticators, passkeys, and the codes for the day they are lost.

Every change takes the `Identified` that `Identifier.confirm` gave just before, or, for
a set-up link, the one of `setup_links.as_owner`; each stands in the person's books.
"""

import hashlib
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from inventory.credentials import challenges, passkeys, recovery, sign_ins, totp
from inventory.credentials.changes import tell
from inventory.credentials.factors import list_factors
from inventory.credentials.identified import Ceremony, Identified
from inventory.credentials.means import Means
from inventory.credentials.presented import PasskeyAnswer, RelyingParty
from inventory.credentials.records import name_of
from inventory.credentials.strength import LENGTH_MIN_ALONE
from inventory.credentials.totp import Enrolment
from inventory.kernel.actors import Actor
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import Passkey, TotpDevice
from inventory.models.people import Person


def enrol_authenticator(means: Means, actor: Actor, label: str) -> Enrolment:
    """Prepare an authenticator; it counts from its first code on."""
    with means.database.transaction() as db:
        return totp.enrol(
            db,
            actor.id,
            sign_in_name=name_of(db, actor.id),
            label=label,
            sealing=means.sealing,
            now=means.clock.now(),
        )


def add_authenticator(
    db: Session, means: Means, by: Identified, device_id: str, code: str
) -> None:
    """Confirm an authenticator by its first code.

    Raises:
        InventoryError: NOT_FOUND; INVALID_FIELD (`code`).
    """
    now = means.clock.now()
    device = totp.waiting(db, by.actor.id, device_id)
    if device is None:
        raise _not_found("authenticator")
    matched = totp.match([device], code, sealing=means.sealing, now=now)
    if matched is None or not totp.use(db, matched, confirmed_at=now):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "This is not the code the app shows now. Type the next one; if it fails "
            "again, check the time of the device.",
            field="code",
        )
    _changed(db, by, "authenticator_added", label=device.label, clock=means.clock)


def remove_authenticator(
    db: Session, by: Identified, device_id: str, *, clock: Clock
) -> None:
    """Remove an authenticator.

    Raises:
        InventoryError: NOT_FOUND; INVALID_FIELD for the last second factor beside a
            password under 15 characters.
    """
    label = _removed(db, TotpDevice, by.actor.id, device_id, now=clock.now())
    _leave_enough(db, by.actor.id, now=clock.now())
    _changed(db, by, "authenticator_removed", label=label, clock=clock)


def begin_passkey(means: Means, actor: Actor, party: RelyingParty) -> Ceremony:
    """Ask the browser to make a passkey."""
    with means.database.transaction() as db:
        question = challenges.ask(
            db, challenges.REGISTRATION, person_id=actor.id, now=means.clock.now()
        )
        options = passkeys.registration_options(
            question,
            party,
            person_id=actor.id,
            sign_in_name=name_of(db, actor.id),
            name=actor.name,
            known=passkeys.in_use(db, actor.id),
        )
    return Ceremony(challenge_id=question.id, options_json=options)


def add_passkey(
    db: Session, means: Means, by: Identified, answer: PasskeyAnswer, *, label: str
) -> None:
    """Add the passkey that the browser made.

    Raises:
        InventoryError: INVALID_FIELD (`passkey`), ALREADY_EXISTS.
    """
    now = means.clock.now()
    made = _created(db, by.actor.id, answer, now=now)
    known = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if db.scalar(known) is not None:
        raise InventoryError(
            ErrorCode.ALREADY_EXISTS,
            "This passkey is, or was, on record already. Make another one.",
            field="passkey",
        )
    db.add(
        Passkey(
            id=new_id("pky", now),
            person_id=by.actor.id,
            label=label,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            created_at=now,
        )
    )
    db.flush()
    _changed(
        db,
        by,
        "passkey_added",
        label=label,
        key_sha256=_sha256(passkeys.public_key_info(made.public_key)),
        clock=means.clock,
    )


def remove_passkey(
    db: Session, by: Identified, passkey_id: str, *, clock: Clock
) -> None:
    """Remove a passkey.

    Raises:
        InventoryError: as `remove_authenticator`.
    """
    label = _removed(db, Passkey, by.actor.id, passkey_id, now=clock.now())
    _leave_enough(db, by.actor.id, now=clock.now())
    _changed(db, by, "passkey_removed", label=label, clock=clock)


def make_recovery_codes(db: Session, by: Identified, *, clock: Clock) -> list[str]:
    """Make ten codes in place of all earlier ones; shown once.

    Raises:
        InventoryError: INVALID_FIELD for somebody without a second factor.
    """
    if not list_factors(db, by.actor.id).has_second:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "Recovery codes stand in for a second factor, and you have none. "
            "Add an authenticator or a passkey first.",
        )
    codes = recovery.replace(db, by.actor.id, now=clock.now())
    tell(db, by.actor, "recovery_codes_made", clock=clock)
    return codes


def _changed(
    db: Session,
    by: Identified,
    what: str,
    *,
    label: str,
    key_sha256: str | None = None,
    clock: Clock,
) -> None:
    """Tell the books, and end all sign-ins but the one that asked (ASVS 5.0 7.4.3)."""
    here = by.actor.known_by.source
    sign_ins.end_all(db, by.actor.id, why="revoked", now=clock.now(), except_id=here)
    tell(db, by.actor, what, label=label, key_sha256=key_sha256, clock=clock)


def _created(
    db: Session, person_id: str, answer: PasskeyAnswer, *, now: datetime
) -> passkeys.NewPasskey:
    question = challenges.asked(
        db, answer.challenge_id, challenges.REGISTRATION, now=now
    )
    made = None
    if question is not None and question.person_id == person_id:
        made = passkeys.created(question, answer)
    if question is None or made is None or not challenges.use(db, question, now=now):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "The passkey could not be added. Start again, and let the device check "
            "that it is you.",
            field="passkey",
        )
    return made


def _removed(
    db: Session,
    table: type[TotpDevice | Passkey],
    person_id: str,
    factor_id: str,
    *,
    now: datetime,
) -> str:
    """Remove a factor; give its label."""
    theirs = (
        table.id == factor_id,
        table.person_id == person_id,
        table.removed_at.is_(None),
    )
    label = db.scalar(select(table.label).where(*theirs))
    done = db.execute(update(table).where(*theirs).values(removed_at=now))
    if label is None or cast("CursorResult[Any]", done).rowcount != 1:
        raise _not_found("authenticator" if table is TotpDevice else "passkey")
    return label


def _leave_enough(db: Session, person_id: str, *, now: datetime) -> None:
    """Refuse to leave a short password alone; without a second factor no codes stay."""
    if list_factors(db, person_id).has_second:
        return
    length = db.scalar(select(Person.password_length).where(Person.id == person_id))
    if length is None or length < LENGTH_MIN_ALONE:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"This is your last second factor, and your password has under "
            f"{LENGTH_MIN_ALONE} characters. Change the password or add another "
            "factor first.",
        )
    recovery.withdraw(db, person_id, now=now)


def _not_found(what: str) -> InventoryError:
    return InventoryError(
        ErrorCode.NOT_FOUND, f"You have no such {what}. Look at the list again."
    )


def _sha256(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()
