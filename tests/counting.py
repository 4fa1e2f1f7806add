"""Counts in tests: one call for each step, by default of the vault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inventory.counts.commands import (
    CommitCount,
    CountCommitted,
    CountStarted,
    StartCount,
    commit_count,
    start_count,
)
from inventory.counts.rules import CountKind, InUseLine, SealedLine
from inventory.discrepancies.queries import DiscrepancyView, list_discrepancies
from inventory.kernel.actors import Actor, Proof
from inventory.models.sites import Registration
from inventory.reconciliation.commands import Reconcile, Reconciled, reconcile
from inventory.reconciliation.figures import ReconciliationFigures
from inventory.reconciliation.queries import gather_figures
from tests.clinic import Clinic

MONDAY = date(2026, 11, 2)  # the day of the clinic's clock, in New York


@dataclass
class Counting:
    """A clinic that is counted; each call is one transaction."""

    clinic: Clinic

    def start(
        self, location_id: str | None = None, *, actor: Actor | None = None
    ) -> CountStarted:
        """Start a cycle count."""
        command = StartCount(
            registration_id=self.clinic.registration_id,
            location_id=location_id or self.clinic.vault,
            kind=CountKind.CYCLE,
        )
        with self.clinic.database.transaction() as db:
            return start_count(
                db,
                command,
                actor=actor or self.clinic.pharmacist,
                clock=self.clinic.clock,
            )

    def commit(
        self,
        started: CountStarted,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        witness: Proof | None = None,
        actor: Actor | None = None,
    ) -> CountCommitted:
        """Hand in what was found."""
        command = self.command(started, sealed, in_use, witness=witness)
        with self.clinic.database.transaction() as db:
            return commit_count(
                db,
                command,
                actor=actor or self.clinic.pharmacist,
                clock=self.clinic.clock,
            )

    def command(
        self,
        started: CountStarted,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        witness: Proof | None = None,
    ) -> CommitCount:
        """Write down what was found."""
        return CommitCount(
            registration_id=self.clinic.registration_id,
            count_id=started.count_id,
            sealed=tuple(sealed),
            in_use=tuple(in_use),
            witness=witness,
        )

    def count(
        self,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        location_id: str | None = None,
    ) -> CountCommitted:
        """Start and commit at once."""
        return self.commit(self.start(location_id), sealed, in_use)

    def cases(self) -> list[DiscrepancyView]:
        """Give the cases of the book."""
        with self.clinic.database.reading() as db:
            return list_discrepancies(db, self.clinic.registration_id)

    def reconcile(
        self,
        first_day: date = MONDAY,
        last_day: date = MONDAY,
        *,
        actor: Actor | None = None,
    ) -> Reconciled:
        """Reconcile a period, as the compliance officer by default."""
        command = Reconcile(
            registration_id=self.clinic.registration_id,
            first_day=first_day,
            last_day=last_day,
        )
        with self.clinic.database.transaction() as db:
            return reconcile(
                db,
                command,
                actor=actor or self.clinic.officer,
                clock=self.clinic.clock,
            )

    def figures(
        self,
        known_position: int,
        first_day: date = MONDAY,
        last_day: date = MONDAY,
    ) -> ReconciliationFigures:
        """Gather the figures of a period as known at a position."""
        with self.clinic.database.reading() as db:
            site = db.get_one(Registration, self.clinic.registration_id)
            return gather_figures(
                db, site, first_day, last_day, known_position=known_position
            )


def lot(lot_id: str, containers: int) -> SealedLine:
    """Count the sealed containers of a lot."""
    return SealedLine(lot_id=lot_id, containers=containers)


def scan(lot_id: str, *numbers: int) -> SealedLine:
    """Scan the sealed containers of a lot."""
    return SealedLine(lot_id=lot_id, numbers=numbers)


def reading(number: int, volume: str | None) -> InUseLine:
    """Read what is left in a container in use; None: it is not there."""
    return InUseLine(number=number, volume=volume)
