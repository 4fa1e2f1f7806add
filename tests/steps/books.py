"""What every step stands on: one transaction each, and what the books say after it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self, TypeVar

from sqlalchemy import event

from inventory.journal import book
from inventory.kernel.actors import Actor
from inventory.ledger.accounts import Account, stock
from inventory.ledger.balances import balance_ug
from inventory.models.containers import Container
from tests.clinic import Clinic

R = TypeVar("R")


class Books:
    """The books of a clinic."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic

    def elsewhere(self) -> Self:
        """Give the other registration, where the stranger does everything."""
        clinic, stranger = self.clinic, self.clinic.stranger
        return type(self)(
            replace(
                clinic,
                registration_id=clinic.elsewhere_id,
                vault=clinic.vault_elsewhere,
                pharmacist=stranger,
                clinician=stranger,
            )
        )

    def size(self) -> int:
        """Count the entries of the journal."""
        with self.clinic.database.reading() as db:
            return book.read_head(db, self.clinic.registration_id).size

    def told(self, position: int) -> dict[str, Any]:
        """Give what an entry of the journal says, from its very bytes."""
        book_id = self.clinic.registration_id
        with self.clinic.database.reading() as db:
            (entry,) = book.read(db, book_id, after=position - 1, until=position)
            told: dict[str, Any] = json.loads(entry.body)
            return told

    def balance_ug(self, account: Account) -> int:
        """Give what an account holds now."""
        with self.clinic.database.reading() as db:
            return balance_ug(db, self.clinic.registration_id, account)

    def in_stock_ug(self, location_id: str) -> int:
        """Give what a place holds now."""
        return self.balance_ug(stock(location_id))

    def state_of(self, container_id: str) -> str:
        """Give the state of a container now."""
        with self.clinic.database.reading() as db:
            return db.get_one(Container, container_id).state

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the statements that are sent to the database."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        engine = self.clinic.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _carry_out(self, handler: Callable[..., R], command: object, actor: Actor) -> R:
        with self.clinic.database.transaction() as db:
            return handler(db, command, actor=actor, clock=self.clinic.clock)
