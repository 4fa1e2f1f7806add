"""Counts by the pharmacist, of the vault by default, and the officer's reconciling."""

from collections.abc import Sequence
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
from tests.clinic import MONDAY
from tests.steps.books import Books


def lot(lot_id: str, containers: int) -> SealedLine:
    """Count the sealed containers of a lot."""
    return SealedLine(lot_id=lot_id, containers=containers)


def scan(lot_id: str, *numbers: int) -> SealedLine:
    """Scan the sealed containers of a lot."""
    return SealedLine(lot_id=lot_id, numbers=numbers)


def reading(number: int, volume: str | None) -> InUseLine:
    """Read what is left in a container in use; None: it is not there."""
    return InUseLine(number=number, volume=volume)


class CountSteps(Books):
    """A clinic that is counted and reconciled."""

    def start_count(
        self, location_id: str | None = None, *, actor: Actor | None = None
    ) -> CountStarted:
        """Start a cycle count."""
        command = StartCount(
            registration_id=self.clinic.registration_id,
            location_id=location_id or self.clinic.vault,
            kind=CountKind.CYCLE,
        )
        return self._carry_out(start_count, command, actor or self.clinic.pharmacist)

    def write_count(
        self,
        started: CountStarted,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        witness: Proof | None = None,
    ) -> CommitCount:
        """Write down what was found, without handing it in."""
        return CommitCount(
            registration_id=self.clinic.registration_id,
            count_id=started.count_id,
            sealed=tuple(sealed),
            in_use=tuple(in_use),
            witness=witness,
        )

    def commit_count(
        self,
        started: CountStarted,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        witness: Proof | None = None,
        actor: Actor | None = None,
    ) -> CountCommitted:
        """Hand in what was found."""
        command = self.write_count(started, sealed, in_use, witness=witness)
        return self._carry_out(commit_count, command, actor or self.clinic.pharmacist)

    def count(
        self,
        sealed: Sequence[SealedLine] = (),
        in_use: Sequence[InUseLine] = (),
        *,
        location_id: str | None = None,
    ) -> CountCommitted:
        """Start and commit at once."""
        return self.commit_count(self.start_count(location_id), sealed, in_use)

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
        return self._carry_out(reconcile, command, actor or self.clinic.officer)

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
