"""The rows behind `throttle`: failures under keyed hashes of names and networks.

Rows are overwritten, never deleted, and there is a bound to them: whoever is unknown,
and every network, is counted in one of a million rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inventory.credentials import throttle
from inventory.credentials.sealing import Sealing
from inventory.credentials.throttle import Counter, Failures
from inventory.models.credentials import SignInThrottle

_PURPOSE: Final = "throttle"
_SHARED_HEX_DIGITS: Final = 5  # 20 bits
_ROWS: Final = cast("Table", SignInThrottle.__table__)


@dataclass(frozen=True, slots=True)
class Key:
    """Under what something is counted."""

    counter: Counter
    hashed: str


Found = Mapping[Key, Failures | None]


def name_key(
    sealing: Sealing,
    counter: Counter,
    sign_in_name: str,
    *,
    is_known: bool = True,
    network: str = "",
) -> Key:
    """Give the key of a name, or of a name and a network."""
    of_name = f"{counter} {network} {sign_in_name}"
    hashed = sealing.keyed_hash(of_name, purpose=_PURPOSE).hex()
    return Key(counter, hashed if is_known else f"name {hashed[:_SHARED_HEX_DIGITS]}")


def network_key(sealing: Sealing, network: str) -> Key:
    """Give the key of a network."""
    hashed = sealing.keyed_hash(network, purpose=_PURPOSE).hex()
    return Key(Counter.NETWORK, f"network {hashed[:_SHARED_HEX_DIGITS]}")


def read(db: Session, keys: Collection[Key], *, locked: bool = False) -> Found:
    """Read the failures under each key."""
    query = select(_ROWS).where(_ROWS.c.key_sha256.in_([key.hashed for key in keys]))
    if locked:
        query = query.order_by(_ROWS.c.key_sha256).with_for_update()
    rows = {row.key_sha256: row for row in db.execute(query)}
    found = {key: rows.get(key.hashed) for key in keys}
    return {
        key: Failures(row.failures, row.last_failed_at) if row else None
        for key, row in found.items()
    }


def longest_wait(found: Found, now: datetime) -> timedelta:
    """Give how long to wait before a try under all of the keys is looked at."""
    waits = (throttle.wait(key.counter, at, now) for key, at in found.items())
    return max(waits, default=timedelta(0))


def count(db: Session, found: Found, now: datetime) -> None:
    """Count one try under each key, whose rows were read locked."""
    for key, before in sorted(found.items(), key=lambda item: item[0].hashed):
        after = throttle.counted(key.counter, before, now)
        db.execute(
            _upsert(db),
            {
                "key_sha256": key.hashed,
                "failures": after.count,
                "last_failed_at": after.last_at,
            },
        )


def forget(db: Session, keys: Collection[Key]) -> None:
    """Let failures in a row begin anew, after a success.

    One failure is kept in the row, since a row without any says nothing: it is as good
    as none, waiting begins later.
    """
    hashed = [key.hashed for key in keys]
    begun_anew = update(_ROWS).where(_ROWS.c.key_sha256.in_(hashed)).values(failures=1)
    db.execute(begun_anew.where(_ROWS.c.failures > 1))


def take_back(db: Session, key: Key) -> None:
    """Take back a try of a network that turned out right."""
    counted = (_ROWS.c.key_sha256 == key.hashed) & (_ROWS.c.failures > 1)
    db.execute(update(_ROWS).where(counted).values(failures=_ROWS.c.failures - 1))


def _upsert(db: Session) -> Any:
    is_postgresql = db.get_bind().dialect.name == "postgresql"
    statement: Any = (postgresql if is_postgresql else sqlite).insert(_ROWS)
    return statement.on_conflict_do_update(
        index_elements=[_ROWS.c.key_sha256],
        set_={
            "failures": statement.excluded.failures,
            "last_failed_at": statement.excluded.last_failed_at,
        },
    )
