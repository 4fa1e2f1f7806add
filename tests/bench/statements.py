"""B16: how many statements a command sends, counted where they leave for the driver.

Counted on SQLite, without its BEGIN; PostgreSQL is sent the same ones. One statement
for many sets of values counts once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from inventory.db import Database
from tests.bench.databases import SQLITE, Databases
from tests.bench.measure import Figures, Scale
from tests.bench.sites import open_sites, receive
from tests.bench.tape import Recorder
from tests.bench.ward import Ward, draw_dose, draw_doses, give_dose, stock_ward

STATEMENTS_MAX: Final = 10
MANY_VIALS: Final = 20
SMALL_RECEIPT: Final = 5
LARGE_RECEIPT: Final = 200


class Counter:
    """Counts the statements of one command after the other."""

    def __init__(self, database: Database) -> None:
        self._recorder = Recorder(database)

    def last(self) -> float:
        """Count the statements of the last committed transaction."""
        *_, transaction = self._recorder.take()
        return sum(not each.sql.startswith("BEGIN") for each in transaction)


def of_a_draw(databases: Databases, _scale: Scale) -> Figures:
    """Count a session's first draw against the limit."""
    with _counted_ward(databases) as (ward, counter):
        draw_dose(ward.site.database, *ward.admit(1))
        return Figures([counter.last()], [STATEMENTS_MAX])


def of_a_dose(databases: Databases, _scale: Scale) -> Figures:
    """Count the giving of a dose against the limit."""
    with _counted_ward(databases) as (ward, counter):
        [visit] = ward.admit(1)
        draw_dose(ward.site.database, visit)
        give_dose(ward.site.database, visit)
        return Figures([counter.last()], [STATEMENTS_MAX])


def of_many_vials(databases: Databases, _scale: Scale) -> Figures:
    """Count a draw from many vials against a draw from one."""
    with _counted_ward(databases) as (ward, counter):
        from_many, from_one = ward.admit(2)
        draw_doses(ward.site.database, from_many, ward.vials[:MANY_VIALS])
        many = counter.last()
        draw_doses(ward.site.database, from_one, ward.vials[:1])
        return Figures([many], [counter.last()])


def of_a_large_receipt(databases: Databases, _scale: Scale) -> Figures:
    """Count a receipt of 200 containers against one of 5."""
    with _counted_ward(databases) as (ward, counter):
        receive(ward.site, containers=LARGE_RECEIPT, invoice_number="large")
        large = counter.last()
        receive(ward.site, containers=SMALL_RECEIPT, invoice_number="small")
        return Figures([large], [counter.last()])


@contextmanager
def _counted_ward(databases: Databases) -> Iterator[tuple[Ward, Counter]]:
    database = Database(databases.migrated(SQLITE))
    try:
        yield stock_ward(*open_sites(database, books=1)), Counter(database)
    finally:
        database.dispose()
