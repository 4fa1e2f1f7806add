"""Opening a case: numbered without gaps, dated once, told to the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory.discrepancies.queries import open_variances
from inventory.discrepancies.rules import (
    Subject,
    Variance,
    case_label,
    unexplained,
)
from inventory.journal import book
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.actors import Actor
from inventory.kernel.clock import Clock, format_instant
from inventory.kernel.identifiers import new_id
from inventory.models.containers import Container, Lot
from inventory.models.discrepancies import Discrepancy
from inventory.models.sites import Location, Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found, by what, and when.

    Attributes:
        subject: the place, lot and container it is about.
        variance: counted minus expected, not zero.
        source_id: the count that found it.
        discovered_at: from when every legal clock runs (21 CFR 1301.76(b)).
    """

    subject: Subject
    variance: Variance
    source_id: str
    discovered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDiscrepancy:
    """A new case and its place in the book."""

    discrepancy_id: str
    number: int
    variance: Variance
    position: int

    @property
    def label(self) -> str:
        """The number as people say it: "D-0007"."""
        return case_label(self.number)


def open_discrepancies(
    db: Session,
    counted: Mapping[Subject, Variance],
    *,
    registration: Registration,
    location_id: str,
    source_id: str,
    discovered_at: datetime,
    actor: Actor,
    clock: Clock,
) -> list[OpenedDiscrepancy]:
    """Open a case for whatever a count of one place adds to what is already open.

    Args:
        db: the open transaction; it holds the head of the book.
        counted: the variance of each subject that was counted, zeros included.
        registration: locked, as for `open_discrepancy`.
        location_id: the place that was counted.
        source_id: the count.
        discovered_at: when it was committed.
        actor: who counted.
        clock: gives `recorded_at`.
    """
    known = open_variances(db, registration.id, location_id)
    return [
        open_discrepancy(
            db,
            Finding(
                subject=subject,
                variance=variance,
                source_id=source_id,
                discovered_at=discovered_at,
            ),
            registration=registration,
            actor=actor,
            clock=clock,
        )
        for subject, variance in unexplained(counted, known).items()
    ]


def open_discrepancy(
    db: Session,
    finding: Finding,
    *,
    registration: Registration,
    actor: Actor,
    clock: Clock,
) -> OpenedDiscrepancy:
    """Open one case, shortage and overage alike (invariant I36).

    Args:
        db: the open transaction.
        finding: what was found.
        registration: locked by `ledger.containers.lock_registration` before the head
            of its book, so that the numbers of cases are dense.
        actor: whose action revealed it.
        clock: gives `recorded_at`.
    """
    registration.discrepancies_numbered += 1
    number = registration.discrepancies_numbered
    discrepancy_id = new_id("dsc", finding.discovered_at)
    event = AuditEvent(
        book_id=registration.id,
        tag=Tag.DISCREPANCY_OPENED,
        subject=discrepancy_id,
        actor=actor,
        occurred_at=finding.discovered_at,
        data=_snapshot(db, finding, number),
    )
    appended = book.append(db, event, clock=clock)
    subject, variance = finding.subject, finding.variance
    db.add(
        Discrepancy(
            id=discrepancy_id,
            registration_id=registration.id,
            number=number,
            location_id=subject.location_id,
            lot_id=subject.lot_id,
            container_id=subject.container_id or None,
            source_id=finding.source_id,
            variance_ug=variance.amount_ug,
            variance_containers=variance.containers,
            discovered_at=finding.discovered_at,
            state="open",
            position=appended.position,
        )
    )
    db.flush()
    return OpenedDiscrepancy(
        discrepancy_id=discrepancy_id,
        number=number,
        variance=variance,
        position=appended.position,
    )


def _snapshot(db: Session, finding: Finding, number: int) -> dict[str, Any]:
    subject = finding.subject
    place = db.get_one(Location, subject.location_id)
    lot = db.get_one(Lot, subject.lot_id)
    container_id = subject.container_id
    container = db.get_one(Container, container_id) if container_id else None
    return {
        "number": number,
        "place": place.name,
        "product": lot.product_name,
        "ndc": lot.ndc,
        "lot": lot.lot,
        "expires_on": lot.expires_on.isoformat(),
        "form": lot.form,
        "ug_per_unit": lot.ug_per_unit,
        "container": container.number if container else None,
        "variance_ug": finding.variance.amount_ug,
        "variance_containers": finding.variance.containers,
        "source": finding.source_id,
        "discovered_at": format_instant(finding.discovered_at),
    }
