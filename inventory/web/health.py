"""Is the service alive, and may it take requests? For supervisors; says no more."""

from functools import cache
from typing import Any, Final

import structlog
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from inventory import schema
from inventory.db import Database
from inventory.web.access import PUBLIC, state_access
from inventory.web.services import current_services

_UNAVAILABLE: Final = 503
_OK: Final = 200

_log = structlog.get_logger(__name__)


def health_blueprint() -> Blueprint:
    """Make the blueprint of the two addresses."""
    blueprint = Blueprint("health", __name__, url_prefix="/health")
    for rule, view in (("/live", live), ("/ready", ready)):
        blueprint.add_url_rule(rule, view_func=state_access(view, PUBLIC))
    return blueprint


def live() -> dict[str, Any]:
    """Say that the process answers."""
    return {"live": True}


def ready() -> tuple[dict[str, Any], int]:
    """Say whether the database answers and its schema is the one we need."""
    state = _state(current_services().database)
    is_ready = state == {"database": "answers", "schema": "current"}
    return {"ready": is_ready, **state}, _OK if is_ready else _UNAVAILABLE


def _state(database: Database) -> dict[str, str]:
    try:
        reading = database.engine.execution_options(countersign_reading=True)
        revision = schema.current_revision(reading)
    except SQLAlchemyError as error:
        _log.error("database_silent", exc_info=error)
        return {"database": "silent", "schema": "unknown"}
    is_current = revision == _needed_revision()
    return {"database": "answers", "schema": "current" if is_current else "other"}


@cache
def _needed_revision() -> str:
    return schema.head_revision()
