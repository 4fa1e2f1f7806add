"""Places that hold stock, and the rules of a site, over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.profiles.commands import ChangeSetting, SettingChanged, change_setting
from inventory.profiles.queries import SiteRules, read_rules
from inventory.sites import queries
from inventory.sites.commands import AddLocation, LocationAdded, add_location
from inventory.sites.schemas import (
    AddLocationSchema,
    ChangeSettingSchema,
    LocationAddedView,
    LocationView,
    SettingChangedView,
    SiteRulesView,
)
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


@reads(blueprint, "/locations", Permission.READ_PLACES, answers=LocationView, many=True)
def list_locations(edge: Edge) -> list[queries.LocationView]:
    """List the places of a registration, by name."""
    return queries.list_locations(edge.db, edge.registration_id)


@writes(
    blueprint,
    "/settings",
    Permission.MANAGE_SITES,
    takes=ChangeSettingSchema,
    answers=SettingChangedView,
)
def post_setting(edge: Edge, fields: dict[str, Any]) -> SettingChanged:
    """Choose the profile of a site, or make one of its rules stricter."""
    command = ChangeSetting(registration_id=edge.registration_id, **fields)
    return change_setting(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(blueprint, "/settings", Permission.READ_ACCESS, answers=SiteRulesView)
def get_settings(edge: Edge) -> SiteRules:
    """Show the rules in force at a site, each with its source."""
    return read_rules(edge.db, edge.registration_id)
