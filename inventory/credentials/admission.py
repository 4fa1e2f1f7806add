"""Whether a try is looked at, before anything slow happens; and what its code is worth.

A try is counted before it is evaluated, so that many at once are no more than their
number; whoever succeeds is forgiven. Nothing is written for a try that comes too soon.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from inventory.credentials import failures, recovery, throttle, totp
from inventory.credentials.failures import Key
from inventory.credentials.means import Means
from inventory.credentials.networks import network_of
from inventory.credentials.presented import Factor
from inventory.credentials.records import Record, find, networks_of
from inventory.credentials.throttle import Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try to prove who somebody is.

    Attributes:
        sign_in_name: as typed.
        code: of the authenticator, or a recovery code, or None.
        network: as failures are counted by it; "" for none.
        now: when.
    """

    sign_in_name: str
    code: str | None = field(repr=False)
    network: str
    now: datetime

    @classmethod
    def of(
        cls, sign_in_name: str, code: str | None, network: str, now: datetime
    ) -> "Try":
        """Make a try; a code that was left empty was not given."""
        return cls(
            sign_in_name=sign_in_name,
            code=code.strip() or None if code else None,
            network=network_of(network),
            now=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """A second factor that is right and not used up yet."""

    factor: Factor
    matched: totp.Match | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A try that is looked at.

    Attributes:
        record: whom it is checked against.
        counted: the keys it was counted under, with the number of failures in a row
            if it fails too.
        second: the second factor, if one was given and is right.
        may_check_password: False after too many failures in a row.
    """

    record: Record
    counted: dict[Key, int]
    second: Second | None
    may_check_password: bool


def admit(means: Means, tried: Try) -> Admitted | timedelta:
    """Count a try and weigh its code; or give how long to wait before the next."""
    with means.database.reading() as db:
        record = find(db, tried.sign_in_name, network=tried.network)
        gates = list(_gates(means, record, tried))
        wait = failures.longest_wait(_read(db, record, gates), tried.now)
    if wait:
        return wait
    with means.database.transaction() as db:
        return _weighed(db, means, record, tried, gates)


def forgive(
    db: Session, means: Means, admitted: Admitted | None, record: Record
) -> None:
    """Let failures in a row begin anew for somebody who proved who they are.

    A password alone forgives tries without a code; a second factor forgives all.
    """
    counted = set(admitted.counted) if admitted else set()
    if admitted is None or admitted.second is not None:
        counted.update(_keys_of_name(db, means, record))
    failures.read(db, counted, locked=True)
    failures.forget(db, [key for key in counted if key.counter.is_of_name])
    for key in counted:
        if not key.counter.is_of_name:
            failures.take_back(db, key)


def _weighed(
    db: Session, means: Means, record: Record, tried: Try, gates: list[Key]
) -> Admitted | timedelta:
    beside = name_key(means, record, Counter.BESIDE)
    keys = [*gates, beside] if tried.code else gates
    known = _read(db, record, keys, locked=True)
    found = {key: known[key] for key in gates}
    wait = failures.longest_wait(found, tried.now)
    second = None if wait else _second(db, means, record, tried, found)
    if second is not None:
        found = {beside: known[beside]}
        wait = failures.longest_wait(found, tried.now)
    if wait:
        return wait
    failures.count(db, found, tried.now)
    return Admitted(
        record=record,
        counted={
            key: throttle.counted(key.counter, at, tried.now).count
            for key, at in found.items()
        },
        second=second,
        may_check_password=not _is_stopped(found),
    )


def _is_stopped(found: failures.Found) -> bool:
    return any(throttle.is_stopped(key.counter, at) for key, at in found.items())


def _keys_of_name(db: Session, means: Means, record: Record) -> Iterator[Key]:
    for counter in (Counter.ALONE, Counter.CODE, Counter.BESIDE):
        yield name_key(means, record, counter)
    for network in networks_of(db, record.owner_id):
        yield name_key(means, record, Counter.CODE, network)


def name_key(means: Means, record: Record, counter: Counter, network: str = "") -> Key:
    """Give the key of a record's name."""
    return failures.name_key(
        means.sealing,
        counter,
        record.sign_in_name,
        is_known=record.person_id is not None,
        network=network,
    )


def _read(
    db: Session, record: Record, keys: Collection[Key], *, locked: bool = False
) -> failures.Found:
    """Read failures, but for those of a name before its password was set anew."""
    found = failures.read(db, keys, locked=locked)
    since = record.password_set_at
    return {
        key: None
        if key.counter.is_of_name and at and since and at.last_at < since
        else at
        for key, at in found.items()
    }


def _gates(means: Means, record: Record, tried: Try) -> Iterator[Key]:
    """Give the keys that a try has to pass before its code is weighed."""
    if tried.code is None:
        yield name_key(means, record, Counter.ALONE)
    elif totp.is_code(tried.code):
        # Where they have signed in before, nobody elsewhere can make them wait.
        network = tried.network if record.knows_network else ""
        yield name_key(means, record, Counter.CODE, network)
    if tried.network and not (tried.code and record.knows_network):
        yield failures.network_key(means.sealing, tried.network)


def _second(
    db: Session, means: Means, record: Record, tried: Try, found: failures.Found
) -> Second | None:
    """Give the second factor that a code is; codes of an app not when stopped.

    An unknown name and a disabled person are looked up like anybody else (T22).
    """
    if tried.code is None:
        return None
    if totp.is_code(tried.code):
        devices = totp.confirmed(db, record.owner_id)
        matched = totp.match(devices, tried.code, sealing=means.sealing, now=tried.now)
        if matched is None or _is_stopped(found):
            return None
        return Second(factor=Factor.TOTP, matched=matched)
    is_usable = recovery.is_usable(db, record.owner_id, tried.code)
    if not is_usable or not record.has_second_factor:
        return None
    return Second(factor=Factor.RECOVERY_CODE, matched=None)
