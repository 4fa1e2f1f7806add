"""From a reconciliation that was made to the data of its report."""

import json

from sqlalchemy.orm import Session

from inventory.evidence.proving import Prover
from inventory.journal import book
from inventory.models.sites import Registration
from inventory.reconciliation.queries import get_reconciliation
from reports.masthead import Edition, Evidence, Facility
from reports.reconciliation import Reconciliation


def gather(
    db: Session, registration_id: str, reconciliation_id: str, *, prover: Prover
) -> Reconciliation:
    """Gather a reconciliation's report, today as on the day it was made (AC-60).

    The figures follow from the books up to the position known then. When and by whom
    it was made is read from the bytes of its own entry: a person renamed since still
    stands there as they were called.

    Its checkpoint is the first that covers it: made when it is first printed, if need
    be, and the same ever after. What witnesses sign later is therefore not printed.

    Raises:
        InventoryError: NOT_FOUND, for a reconciliation of another book too;
            EVIDENCE_BROKEN when the books do not go on from what was signed of them.
    """
    made, figures = get_reconciliation(db, registration_id, reconciliation_id)
    [event] = book.read(
        db, registration_id, after=made.position - 1, until=made.position
    )
    proof = prover.prove(registration_id, made.position)
    edition = Edition(
        as_of=min(figures.end, event.recorded_at),
        position=figures.known_position,
        root=figures.root.hex(),
        evidence=Evidence(note=proof.note, proof=proof),
        generated_at=event.recorded_at,
        generated_by=json.loads(event.body)["actor"]["name"],
    )
    facility = Facility.of(db.get_one(Registration, registration_id))
    return Reconciliation(facility=facility, edition=edition, figures=figures)
