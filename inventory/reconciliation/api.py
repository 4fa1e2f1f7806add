"""Reconciliations over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.reconciliation.answers import figures_answer
from inventory.reconciliation.commands import Reconcile, Reconciled, reconcile
from inventory.reconciliation.queries import (
    ReconciliationView,
    get_reconciliation,
    list_reconciliations,
)
from inventory.reconciliation.schemas import (
    ReconciledView,
    ReconcileSchema,
    ReconciliationWithFiguresView,
)
from inventory.reconciliation.schemas import ReconciliationView as ReconciliationAnswer
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

blueprint = make_blueprint(
    "reconciliations", "The books of a period against the counts made in it."
)


@writes(
    blueprint,
    "/reconciliations",
    Permission.RECONCILE,
    takes=ReconcileSchema,
    answers=ReconciledView,
)
def post_reconciliation(edge: Edge, fields: dict[str, Any]) -> Reconciled:
    """Reconcile a period; gives the one there is when nothing is new in the book."""
    command = Reconcile(registration_id=edge.registration_id, **fields)
    return reconcile(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/reconciliations",
    Permission.READ_BOOKS,
    answers=ReconciliationAnswer,
    many=True,
)
def get_reconciliations(edge: Edge) -> list[ReconciliationView]:
    """List the reconciliations of this site, the latest first."""
    return list_reconciliations(edge.db, edge.registration_id)


@reads(
    blueprint,
    "/reconciliations/<reconciliation_id>",
    Permission.READ_BOOKS,
    answers=ReconciliationWithFiguresView,
    of_patient=True,
)
def get_one_reconciliation(edge: Edge, reconciliation_id: str) -> dict[str, Any]:
    """Look up a reconciliation with its figures."""
    view, figures = get_reconciliation(edge.db, edge.registration_id, reconciliation_id)
    return {"reconciliation": view, "figures": figures_answer(figures)}
