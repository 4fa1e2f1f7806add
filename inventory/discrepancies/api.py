"""The cases of a site over HTTP: read only; they are opened by counts."""

from inventory.discrepancies.queries import (
    DiscrepancyView,
    get_discrepancy,
    list_discrepancies,
)
from inventory.discrepancies.schemas import DiscrepancyAnswer
from inventory.kernel.actors import Permission
from inventory.web.endpoints import Edge, make_blueprint, reads

blueprint = make_blueprint(
    "discrepancies", "What counts and books do not agree on, case by case."
)


@reads(
    blueprint,
    "/discrepancies",
    Permission.READ_BOOKS,
    answers=DiscrepancyAnswer,
    many=True,
)
def get_discrepancies(edge: Edge) -> list[DiscrepancyView]:
    """List the cases of this site, open ones first."""
    return list_discrepancies(edge.db, edge.registration_id)


@reads(
    blueprint,
    "/discrepancies/<discrepancy_id>",
    Permission.READ_BOOKS,
    answers=DiscrepancyAnswer,
)
def get_one_discrepancy(edge: Edge, discrepancy_id: str) -> DiscrepancyView:
    """Look up one case."""
    return get_discrepancy(edge.db, edge.registration_id, discrepancy_id)
