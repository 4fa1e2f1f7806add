"""The description of the whole API, OpenAPI 3.1, built from its own declarations."""

import json
from typing import Any, Final

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint as PlainBlueprint
from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from inventory.web.access import PUBLIC, state_access
from inventory.web.description import (
    BEARER,
    WRITE_REFUSALS,
    describe_refusal,
    refusal_name,
)
from inventory.web.endpoints import API_PREFIX
from inventory.web.problems import ProblemView

API_VERSION: Final = "1"

_INFO: Final = {
    "description": (
        "The books of controlled substances: every entry is final, dated and signed. "
        "Amounts are text with a unit; answers also give whole micrograms. Whole "
        "numbers are plain digits: 12, never 12.0. A field that is not described is "
        "refused. A request that is refused has recorded nothing."
    ),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
_BEARER_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API token, issued once and shown once.",
}


class CountersignApi(Api):
    """flask-smorest's description, without its way of answering errors."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemView

    def _register_error_handlers(self) -> None:
        """Leave errors to `inventory.web.problems`."""

    def _register_pagination_header(self) -> None:
        """Describe no header that no answer has."""


def describe(app: Flask, blueprints: list[Blueprint]) -> None:
    """Register the API's blueprints and serve their description."""
    app.config |= {
        "API_TITLE": "Countersign",
        "API_VERSION": API_VERSION,
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": {"info": _INFO},
    }
    names = MarshmallowPlugin(schema_name_resolver=_schema_name)
    api = CountersignApi(app, spec_kwargs={"marshmallow_plugin": names})
    api.spec.components.security_scheme(BEARER, _BEARER_SCHEME)
    for status in WRITE_REFUSALS:
        refusal = describe_refusal(status, ProblemView)
        api.spec.components.response(refusal_name(status), refusal)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.register_blueprint(_served(api.spec.to_dict()))


def _schema_name(schema: type[Schema] | Schema) -> str:
    """Name a shape by its feature too: `sessions.FiguresView`."""
    shape = schema if isinstance(schema, type) else type(schema)
    feature = shape.__module__.split(".")[-2:-1]  # none for a shape built on the fly
    return ".".join([*feature, shape.__name__])


def _served(description: dict[str, Any]) -> PlainBlueprint:
    body = json.dumps(description, ensure_ascii=False, indent=2)

    def openapi_json() -> Response:
        return Response(f"{body}\n", content_type="application/json")

    blueprint = PlainBlueprint("openapi", __name__, url_prefix=API_PREFIX)
    view = state_access(openapi_json, PUBLIC)
    blueprint.add_url_rule("/openapi.json", view_func=view)
    return blueprint
