"""The only reader of the books: what an account holds now, or held at a position.

Every read names a book. "Known" cuts by position (what the books said then); "since"
and "before" cut by when things happened (decision 0010).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from inventory.ledger.accounts import Account, Kind
from inventory.ledger.postings import Portion
from inventory.models.books import Balance, Entry
from inventory.models.containers import Container, Lot


class By(StrEnum):
    """What sums can be grouped by."""

    KIND = "kind"
    HOLDER = "holder"
    CONTAINER = "container"
    LOT = "lot"
    PRODUCT = "product"


_COLUMNS: Final = {
    By.KIND: Entry.kind,
    By.HOLDER: Entry.holder_id,
    By.CONTAINER: Entry.container_id,
    By.LOT: Lot.id,
    By.PRODUCT: Lot.product_id,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which entries of a book to read; None leaves that side open.

    Attributes:
        since: happened at or after this instant.
        before: happened before this instant.
        known_position: recorded up to and with this position.
    """

    since: datetime | None = None
    before: datetime | None = None
    known_position: int | None = None

    def conditions(self) -> list[Any]:
        """Give the window as SQL conditions on entries."""
        conditions: list[Any] = []
        if self.since is not None:
            conditions.append(Entry.occurred_at >= self.since)
        if self.before is not None:
            conditions.append(Entry.occurred_at < self.before)
        if self.known_position is not None:
            conditions.append(Entry.position <= self.known_position)
        return conditions


EVERYTHING: Final = Window()


def sums_ug(
    db: Session,
    book_id: str,
    *,
    by: Sequence[By],
    window: Window = EVERYTHING,
    kinds: Sequence[Kind] = tuple(Kind),
) -> dict[tuple[str, ...], int]:
    """Sum the entries of a book, grouped; one query whatever the history.

    Returns:
        The group's values, in the order of `by`, to micrograms; zero sums are left out.
    """
    columns = [_COLUMNS[each] for each in by]
    total = cast(func.sum(Entry.amount_ug), BigInteger)
    query = (
        select(*columns, total)
        .join(Container, Container.id == Entry.container_id)
        .join(Lot, Lot.id == Container.lot_id)
        .where(
            Entry.book_id == book_id,
            Entry.kind.in_([kind.value for kind in kinds]),
            *window.conditions(),
        )
        .group_by(*columns)
        .having(func.sum(Entry.amount_ug) != 0)
        .order_by(*columns)
    )
    return {tuple(row[:-1]): int(row[-1]) for row in db.execute(query)}


def balance_ug(db: Session, book_id: str, account: Account) -> int:
    """Give what a limited account holds now, over all containers, in micrograms."""
    assert account.limited, "sinks are summed by sums_ug"
    total = db.scalar(
        select(cast(func.sum(Balance.balance_ug), BigInteger)).where(
            Balance.book_id == book_id,
            Balance.kind == account.kind.value,
            Balance.holder_id == account.holder_id,
        )
    )
    return total or 0


def held(db: Session, book_id: str, account: Account) -> list[Portion]:
    """Give what a limited account holds now, container by container.

    Returns:
        The portions above zero, first come first.
    """
    first = (
        select(func.min(Entry.position))
        .where(
            Entry.book_id == Balance.book_id,
            Entry.container_id == Balance.container_id,
            Entry.kind == Balance.kind,
            Entry.holder_id == Balance.holder_id,
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(Balance.container_id, Balance.balance_ug, Container.nominal_ug)
        .join(Container, Container.id == Balance.container_id)
        .where(
            Balance.book_id == book_id,
            Balance.kind == account.kind.value,
            Balance.holder_id == account.holder_id,
            Balance.balance_ug > 0,
        )
        .order_by(first, Container.number)
    )
    return [Portion(*row) for row in rows]


def container_balances_ug(
    db: Session, book_id: str, container_ids: Sequence[str]
) -> dict[str, int]:
    """Give what is left in each container on the shelf now, in micrograms."""
    rows = db.execute(
        select(Balance.container_id, cast(func.sum(Balance.balance_ug), BigInteger))
        .where(
            Balance.book_id == book_id,
            Balance.kind == Kind.STOCK.value,
            Balance.container_id.in_(container_ids),
        )
        .group_by(Balance.container_id)
    )
    return {row[0]: row[1] for row in rows}


def entries(
    db: Session, book_id: str, *, window: Window = EVERYTHING
) -> Iterator[Entry]:
    """Read the entries of a book in order, streaming."""
    query = (
        select(Entry)
        .where(Entry.book_id == book_id, *window.conditions())
        .order_by(Entry.position, Entry.leg)
        .execution_options(yield_per=1000)
    )
    # Closed also when the reader stops early: on PostgreSQL it holds a cursor.
    with db.scalars(query) as found:
        yield from found
