"""The only writer of the books: guarded balances, then the event, then its entries.

Order of locks: the rows a handler decided on, then the balances in sorted order, then
the book's head (decision 0004). Four set-based statements whatever the number of legs.
"""

from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import limits_ug
from inventory.ledger.postings import Leg, Posting
from inventory.models.books import Balance, Entry

_BALANCES: Final = cast("Table", Balance.__table__)
_ENTRIES: Final = cast("Table", Entry.__table__)


def _guarded_upsert(dialect_insert: Any) -> Any:
    """Add to a balance unless it would pass its limits; open it when it is new.

    The amount travels in `moved_ug`: both engines test the CHECKs on the row proposed
    for insertion before they see the conflict, and what is taken from an account is
    below the limit of an empty one.
    """
    statement = dialect_insert(_BALANCES)
    after = _BALANCES.c.balance_ug + statement.excluded.moved_ug
    return statement.on_conflict_do_update(
        index_elements=list(_BALANCES.primary_key),
        set_={
            "balance_ug": after,
            "moved_ug": statement.excluded.moved_ug,
            "version": _BALANCES.c.version + 1,
        },
        where=after.between(_BALANCES.c.lower_ug, _BALANCES.c.upper_ug),
    ).returning(
        _BALANCES.c.container_id,
        _BALANCES.c.kind,
        _BALANCES.c.holder_id,
        _BALANCES.c.balance_ug,
        _BALANCES.c.version,
    )


_MOVE_BALANCES: Final = {
    "postgresql": _guarded_upsert(postgresql.insert),
    "sqlite": _guarded_upsert(sqlite.insert),
}
_INSERT_ENTRIES: Final = insert(_ENTRIES)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A leg and what it made of its account: None for accounts without a limit."""

    leg: Leg
    balance_ug: int | None
    version: int | None

    @property
    def previous_ug(self) -> int | None:
        return None if self.balance_ug is None else self.balance_ug - self.leg.amount_ug

    def _figures(self) -> dict[str, int | None]:
        return {
            "amount_ug": self.leg.amount_ug,
            "previous_ug": self.previous_ug,
            "balance_ug": self.balance_ug,
            "version": self.version,
        }

    def hashed(self) -> dict[str, Any]:
        """Give the leg as it stands in the journal's bytes."""
        container = self.leg.container_id
        return {
            "account": str(self.leg.account),
            "container": container,
            **self._figures(),
        }

    def row(self) -> dict[str, Any]:
        """Give the leg as a row of `entries`."""
        account = self.leg.account
        return {
            "kind": account.kind.value,
            "holder_id": account.holder_id,
            "container_id": self.leg.container_id,
            **self._figures(),
        }


def post(db: Session, posting: Posting, *, event: AuditEvent, clock: Clock) -> Appended:
    """Post legs and append their event, in the caller's transaction.

    Args:
        db: the open transaction.
        posting: the legs, which balance by construction.
        event: what happened; nobody can post without saying so.
        clock: gives `recorded_at`.

    Raises:
        InventoryError: INSUFFICIENT_BALANCE or CAPACITY_EXCEEDED when an account would
            pass its limits; nothing is kept.
    """
    moved = _move_balances(db, posting, event.book_id)
    legs = [each.hashed() for each in moved]
    appended = book.append(db, event, clock=clock, legs=legs)
    common = {
        "book_id": event.book_id,
        "position": appended.position,
        "occurred_at": event.occurred_at,
        "recorded_at": appended.recorded_at,
    }
    rows = [
        {**common, "leg": number, **each.row()}
        for number, each in enumerate(moved, start=1)
    ]
    db.execute(_INSERT_ENTRIES, rows)
    return appended


def _move_balances(db: Session, posting: Posting, book_id: str) -> list[_Moved]:
    """Apply the legs of limited accounts in one guarded statement."""
    limited = [leg for leg in posting.legs if leg.account.limited]
    # Where both fail, what is taken is named before what it would fill.
    judged = sorted(limited, key=lambda leg: leg.amount_ug)
    if not limited:
        return [_Moved(leg, None, None) for leg in posting.legs]
    # Judged before the database is asked, whose refusal would end the transaction:
    # an amount that no container of this size can hold.
    for leg in judged:
        if abs(leg.amount_ug) > leg.nominal_ug:
            raise _beyond_limits(leg, _balance_ug(db, leg, book_id))
    statement = _MOVE_BALANCES[db.get_bind().dialect.name]
    rows = db.execute(statement, [_proposed(leg, book_id) for leg in limited])
    after = {tuple(row[:3]): (row[3], row[4]) for row in rows}
    for leg in judged:
        _, version = after.get(_key(leg), (0, None))
        if version is None:
            raise _beyond_limits(leg, _balance_ug(db, leg, book_id))
        if version == 1 and leg.amount_ug < 0:
            raise _beyond_limits(leg, available_ug=0)
    return [_Moved(leg, *after.get(_key(leg), (None, None))) for leg in posting.legs]


def _key(leg: Leg) -> tuple[str, str, str]:
    return leg.container_id, leg.account.kind.value, leg.account.holder_id


def _proposed(leg: Leg, book_id: str) -> dict[str, Any]:
    lower_ug, upper_ug = limits_ug(leg.account, leg.nominal_ug)
    return {
        "book_id": book_id,
        "container_id": leg.container_id,
        "kind": leg.account.kind.value,
        "holder_id": leg.account.holder_id,
        "balance_ug": max(leg.amount_ug, 0),
        "moved_ug": leg.amount_ug,
        "lower_ug": lower_ug,
        "upper_ug": upper_ug,
        "version": 1,
    }


def _balance_ug(db: Session, leg: Leg, book_id: str) -> int:
    found = db.scalar(
        select(Balance.balance_ug).where(
            Balance.book_id == book_id,
            Balance.container_id == leg.container_id,
            Balance.kind == leg.account.kind.value,
            Balance.holder_id == leg.account.holder_id,
        )
    )
    return found or 0


def _beyond_limits(leg: Leg, available_ug: int) -> InventoryError:
    if leg.amount_ug < 0:
        return InventoryError(
            ErrorCode.INSUFFICIENT_BALANCE,
            "The books hold less than that. Check the amount and the container; "
            "if the container really holds more, count it first.",
            field="amount",
            container_id=leg.container_id,
            asked_ug=-leg.amount_ug,
            available_ug=available_ug,
        )
    return InventoryError(
        ErrorCode.CAPACITY_EXCEEDED,
        "The container would hold more than it can. Check the amount.",
        field="amount",
        container_id=leg.container_id,
        capacity_ug=leg.nominal_ug,
        available_ug=available_ug,
    )
