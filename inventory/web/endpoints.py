"""The kinds of API address: one that reads the books, one that writes to them.

A feature declares its address, permission and schemas; the flow is here, once. Form
comes first (JSON, key), then who asks, then what is asked, in the order of ErrorCode.
A write and its kept answer are one transaction (`inventory.web.writing`).
"""

from collections.abc import Callable, Collection
from functools import update_wrapper
from typing import Any, Final, TypeVar

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from inventory.kernel.actors import Permission
from inventory.web.access import Access, state_access
from inventory.web.description import describe_read, describe_write
from inventory.web.downloads import Document, Pdf, attached, describe_download
from inventory.web.edges import (
    NOTHING,
    Asking,
    Edge,
    Endpoint,
    Identifies,
    dumped,
    edge_of,
    json_answer,
    loaded,
    named,
    require_entry,
)
from inventory.web.patient_reads import note_patient_read
from inventory.web.requests import query_fields, require_plain_path
from inventory.web.services import current_services
from inventory.web.signatures import SignedByAuthor
from inventory.web.writing import write

__all__ = [
    "API_PREFIX",
    "REGISTRATION_PREFIX",
    "Asking",
    "Edge",
    "downloads",
    "make_blueprint",
    "reads",
    "require_entry",
    "writes",
]

API_PREFIX: Final = "/api/v1"
REGISTRATION_PREFIX: Final = f"{API_PREFIX}/registrations/<registration_id>"
OK: Final = 200

H = TypeVar("H", bound=Callable[..., Any])


def make_blueprint(
    name: str, description: str, *, url_prefix: str = REGISTRATION_PREFIX
) -> Blueprint:
    """Start a feature's API; its name and description head a section of OpenAPI."""
    return Blueprint(name, name, url_prefix=url_prefix, description=description)


def reads(
    blueprint: Blueprint,
    rule: str,
    access: Access,
    *,
    answers: type[Schema],
    takes: type[Schema] | None = None,
    many: bool = False,
    of_patient: bool = False,
) -> Callable[[H], H]:
    """Declare an address that reads: `handler(edge, [fields,] **path)`.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        answers: shape of the result.
        takes: shape of the query string.
        many: the result is a list.
        of_patient: the result belongs to patients: who reads it is recorded.
    """

    def register(handler: H) -> H:
        endpoint = Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=answers(many=many),
            of_patient=of_patient,
        )

        def view(**path: str) -> Response:
            return _read(endpoint, path)

        description = describe_read(handler, endpoint.takes, endpoint.answers)
        _route(blueprint, rule, "GET", endpoint, view, description)
        return handler

    return register


def writes(
    blueprint: Blueprint,
    rule: str,
    access: Access,
    *,
    answers: type[Schema],
    takes: type[Schema] | None = None,
    secret_fields: Collection[str] = (),
    identifies: Identifies | None = None,
    signs: bool = False,
) -> Callable[[H], H]:
    """Declare an address that writes: `handler(edge, [fields,] **path)`, answers 201.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        answers: shape of the result.
        takes: shape of the body; without it the body is `{}`.
        secret_fields: names left out of the stored fingerprint, at any depth.
        identifies: proves a further person before the transaction opens, once form and
            permission are right: `identifies(asking, [fields,] **path)` gives a Proof,
            or None where nobody has to; the handler finds it in `edge.proof`. Sending
            a recorded entry again needs no proof again.
        signs: the author may sign with password and code beside the token: `takes` is
            a `SignedByAuthor`; the entry then names these factors.
    """
    assert not signs or (takes and issubclass(takes, SignedByAuthor)), "it has no field"

    def register(handler: H) -> H:
        endpoint = Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=answers(),
            secret_fields=secret_fields,
            identifies=identifies,
            signs=signs,
        )

        def view(**path: str) -> Response:
            return write(endpoint, path)

        description = describe_write(handler, endpoint.takes, endpoint.answers)
        _route(blueprint, rule, "POST", endpoint, view, description)
        return handler

    return register


def downloads(
    blueprint: Blueprint,
    rule: str,
    access: Access,
    *,
    takes: type[Schema] | None = None,
    gives: type[Document] = Pdf,
    of_patient: bool = False,
) -> Callable[[H], H]:
    """Declare an address that gives a file: `handler(edge, [fields,] **path)`.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        takes: shape of the query string.
        gives: the kind of file that the handler answers with.
        of_patient: the file belongs to patients: who reads it is recorded.
    """

    def register(handler: H) -> H:
        endpoint = Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=NOTHING,
            of_patient=of_patient,
        )

        def view(**path: str) -> Response:
            return attached(_document(endpoint, path))

        described = describe_read(handler, endpoint.takes, NOTHING)
        description = describe_download(described, gives)
        _route(blueprint, rule, "GET", endpoint, view, description)
        return handler

    return register


def _route(
    blueprint: Blueprint,
    rule: str,
    method: str,
    endpoint: Endpoint,
    view: Callable[..., Response],
    description: dict[str, Any],
) -> None:
    in_a_book = "<registration_id>" in f"{blueprint.url_prefix}{rule}"
    assert in_a_book is isinstance(endpoint.access, Permission), (
        f"{rule}: a permission is held at the registration that the path names"
    )
    update_wrapper(view, endpoint.handler)
    described = blueprint.doc(**description)(view)
    stated = state_access(described, endpoint.access)
    name = endpoint.handler.__name__
    blueprint.add_url_rule(rule, endpoint=name, view_func=stated, methods=[method])


def _read(endpoint: Endpoint, path: dict[str, str]) -> Response:
    result = _result(endpoint, path, lambda found: dumped(endpoint, found))
    return json_answer(result, OK)


def _document(endpoint: Endpoint, path: dict[str, str]) -> Document:
    document: Document = _result(endpoint, path, lambda found: found)
    return document


def _result(
    endpoint: Endpoint, path: dict[str, str], finish: Callable[[Any], Any]
) -> Any:
    """Ask the handler in one consistent view of the books."""
    require_plain_path(path)
    asked = query_fields()
    services = current_services()
    with services.database.reading() as db:
        edge = edge_of(db, services, endpoint, path)
        found = endpoint.handler(edge, *loaded(endpoint, asked), **named(path))
        result = finish(found)
    if endpoint.of_patient:
        note_patient_read(services, edge.actor, edge.registration_id)
    return result
