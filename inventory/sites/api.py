"""Places that hold stock, over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.sites import queries
from inventory.sites.commands import AddLocation, LocationAdded, add_location
from inventory.sites.schemas import AddLocationSchema, LocationAddedView, LocationView
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

blueprint = make_blueprint("locations", "Places that hold stock, and their locks.")


@writes(
    blueprint,
    "/locations",
    Permission.MANAGE_SITES,
    takes=AddLocationSchema,
    answers=LocationAddedView,
)
def post_location(edge: Edge, fields: dict[str, Any]) -> LocationAdded:
    """Add a place that may hold stock."""
    command = AddLocation(registration_id=edge.registration_id, **fields)
    return add_location(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(blueprint, "/locations", Permission.READ_BOOKS, answers=LocationView, many=True)
def list_locations(edge: Edge) -> list[queries.LocationView]:
    """List the places of a registration, by name."""
    return queries.list_locations(edge.db, edge.registration_id)
