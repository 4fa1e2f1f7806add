"""Check the components of a person's credential: all of them, or those that are given.

Short transactions of its own stand before and after; passwords are hashed between them,
where nothing is locked.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

import structlog
from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from inventory.credentials import recovery, refusals, throttle, totp
from inventory.credentials.actors import load_actor
from inventory.credentials.admission import Admitted, Try, admit, forgive
from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.credentials.failures import Key
from inventory.credentials.identified import Identified, identified_as
from inventory.credentials.means import Means
from inventory.credentials.presented import Factor
from inventory.credentials.records import Record, registrations_of
from inventory.kernel.errors import InventoryError
from inventory.models.people import Person

_log = structlog.get_logger(__name__)

_DELAYED: Final = (
    f"{throttle.DELAYED_FROM} tries in a row to prove this person's identity failed; "
    "each further one waits."
)
_STOPPED: Final = (
    f"{throttle.EVALUATED_MAX} tries in a row to prove this person's identity failed; "
    "none is looked at until another factor is shown, or a reset."
)
# How many failures in a row somebody should hear of, and what they hear.
_WORTH_AN_ALERT: Final = {
    throttle.DELAYED_FROM: (AlertKind.SIGN_IN_DELAYED, _DELAYED),
    throttle.EVALUATED_MAX: (AlertKind.SIGN_IN_STOPPED, _STOPPED),
}


def check(
    means: Means,
    tried: Try,
    password: str | None,
    *,
    person_id: str | None,
    needs_all: bool,
) -> Identified:
    """Give the person whose components these are.

    Args:
        means: what to work with.
        tried: the name, and the code if one was given.
        password: as typed; None for a code alone.
        person_id: who it has to be; None for anybody.
        needs_all: whether a password alone is too little beside a second factor.

    Raises:
        InventoryError: NOT_SIGNED_IN, TOO_MANY_ATTEMPTS; at one cost.
    """
    admitted = admit(means, tried)
    if not isinstance(admitted, Admitted):
        _is_password(means, None, password)
        raise refusals.too_many_attempts(admitted)
    record = admitted.record
    may_be = person_id is None or record.person_id == person_id
    complete = _is_complete(admitted, tried, needs_all=needs_all)
    known = record.password_hash if complete and admitted.may_check_password else None
    is_right = _is_password(means, known, password)
    if not (is_right and may_be and complete and record.is_active):
        raise _refused(means, admitted, tried)
    renewed = _renewed(means, record, password)
    with means.database.transaction() as db:
        identified = _accept(db, means, admitted, tried, password, renewed)
    if identified is None:
        raise _refused(means, admitted, tried)
    _log.info("identified", person=identified.actor.id, factors=identified.factors)
    return identified


def known_by(
    db: Session, means: Means, person_id: str, factors: Sequence[Factor]
) -> Identified | None:
    """Give an active person as identified by these factors."""
    now = means.clock.now()
    actor = load_actor(db, person_id, now=now)
    if actor is None:
        return None
    return identified_as(actor, tuple(factor.value for factor in factors), at=now)


def _is_complete(admitted: Admitted, tried: Try, *, needs_all: bool) -> bool:
    if tried.code is not None:
        return admitted.second is not None
    return not (needs_all and admitted.record.has_second_factor)


def _is_password(means: Means, known: str | None, password: str | None) -> bool:
    """Check a password, or the decoy at the same cost; True where none is asked."""
    return password is None or means.passwords.matches(known, password)


def _renewed(means: Means, record: Record, password: str | None) -> str | None:
    """Hash a password again that was hashed at another cost."""
    if password is None or record.password_hash is None:
        return None
    if not means.passwords.needs_renewal(record.password_hash):
        return None
    return means.passwords.hash(password)


def _accept(
    db: Session,
    means: Means,
    admitted: Admitted,
    tried: Try,
    password: str | None,
    renewed: str | None,
) -> Identified | None:
    """Use up what works once, and forgive; None when somebody was faster."""
    record, second = admitted.record, admitted.second
    if second is not None and not _use(db, record, admitted, tried):
        return None
    if password is not None and not _still_stands(db, record, renewed):
        return None
    forgive(db, means, admitted, record)
    factors = [Factor.PASSWORD] if password is not None else []
    return known_by(
        db, means, record.owner_id, [*factors, *([second.factor] if second else [])]
    )


def _of_names(admitted: Admitted) -> set[Key]:
    return {key for key in admitted.counted if key.counter.is_of_name}


def _use(db: Session, record: Record, admitted: Admitted, tried: Try) -> bool:
    second = admitted.second
    assert second is not None
    if second.matched is not None:
        return totp.use(db, second.matched)
    assert tried.code is not None
    if not recovery.use(db, record.owner_id, tried.code, now=tried.now):
        return False
    raise_alert(
        db,
        registrations_of(db, record.owner_id),
        AlertKind.RECOVERY_CODE_USED,
        person_id=record.person_id,
        detail="A recovery code was used in place of the second factor.",
        now=tried.now,
    )
    return True


def _still_stands(db: Session, record: Record, renewed: str | None) -> bool:
    """Tell whether the password that was checked is still theirs; renew its hash."""
    query = update(Person).where(
        Person.id == record.owner_id, Person.password_hash == record.password_hash
    )
    values = {"password_hash": renewed or record.password_hash}
    return cast("CursorResult[Any]", db.execute(query.values(values))).rowcount == 1


def _refused(means: Means, admitted: Admitted, tried: Try) -> InventoryError:
    """Note a failure; the reason stays in the log of the service."""
    record = admitted.record
    _log.warning(
        "not_identified",
        person=record.person_id,
        counters=sorted(key.counter.value for key in admitted.counted),
    )
    counts = {admitted.counted[key] for key in _of_names(admitted)}
    counts &= _WORTH_AN_ALERT.keys()
    if counts and record.person_id is not None:
        with means.database.transaction() as db:
            for count in counts:
                kind, detail = _WORTH_AN_ALERT[count]
                raise_alert(
                    db,
                    registrations_of(db, record.person_id),
                    kind,
                    person_id=record.person_id,
                    detail=detail,
                    now=tried.now,
                )
    return refusals.not_signed_in()
