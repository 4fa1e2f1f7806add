"""The two kinds of API address: one that reads the books, one that writes to them.

A feature declares its address, permission and schemas; the flow is here, once. Form
comes first (JSON, key), then who asks, then what is asked, in the order of ErrorCode.
A write and its kept answer are one transaction (decision 0009).
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Final, TypeVar

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.orm import Session

from inventory.credentials.passwords import Passwords
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web import idempotency
from inventory.web.access import Access, state_access
from inventory.web.bearer import require_bearer
from inventory.web.description import describe_read, describe_write
from inventory.web.downloads import Document, Pdf, attached, describe_download
from inventory.web.requests import query_fields, request_object, require_plain_path
from inventory.web.services import Services, current_services

API_PREFIX: Final = "/api/v1"
REGISTRATION_PREFIX: Final = f"{API_PREFIX}/registrations/<registration_id>"
CREATED: Final = 201
OK: Final = 200

H = TypeVar("H", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a request brings along besides its fields.

    Attributes:
        db: the open transaction; the edge commits it.
        actor: who asks.
        clock: the server's time.
        passwords: checks a second person's password.
        registration_id: whose books, as the path names them; "" where it names none.
    """

    db: Session
    actor: Actor
    clock: Clock
    passwords: Passwords
    registration_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endpoint:
    handler: Callable[..., Any]
    access: Access
    takes: Schema | None
    answers: Schema
    secret_fields: Collection[str] = ()


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
) -> Callable[[H], H]:
    """Declare an address that reads: `handler(edge, [fields,] **path)`.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        answers: shape of the result.
        takes: shape of the query string.
        many: the result is a list.
    """

    def register(handler: H) -> H:
        endpoint = _Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=answers(many=many),
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
) -> Callable[[H], H]:
    """Declare an address that writes: `handler(edge, [fields,] **path)`, answers 201.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        answers: shape of the result.
        takes: shape of the body; without it the body is `{}`.
        secret_fields: names left out of the stored fingerprint, at any depth.
    """

    def register(handler: H) -> H:
        endpoint = _Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=answers(),
            secret_fields=secret_fields,
        )

        def view(**path: str) -> Response:
            return _write(endpoint, path)

        description = describe_write(handler, endpoint.takes, endpoint.answers)
        _route(blueprint, rule, "POST", endpoint, view, description)
        return handler

    return register


def require_entry(actor: Actor, registration_id: str) -> None:
    """Refuse entry to a registration where the actor holds no role.

    It looks exactly like one that is not there.

    Raises:
        InventoryError: NOT_FOUND.
    """
    if registration_id not in actor.roles:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such registration among those you work at. "
            "Check its identifier, or ask its manager for a role there.",
        )


def _route(
    blueprint: Blueprint,
    rule: str,
    method: str,
    endpoint: _Endpoint,
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


def _read(endpoint: _Endpoint, path: dict[str, str]) -> Response:
    require_plain_path(path)
    asked = query_fields()
    services = current_services()
    with services.database.reading() as db:
        edge = _edge(db, services, endpoint, path)
        result = endpoint.handler(edge, *_loaded(endpoint, asked), **path)
        return _json(_dumped(endpoint, result), OK)


def _write(endpoint: _Endpoint, path: dict[str, str]) -> Response:
    require_plain_path(path)
    asked = request_object()
    key = idempotency.require_key(request.headers.get(idempotency.HEADER))
    sha256 = idempotency.request_sha256(
        request.method, request.path, asked, endpoint.secret_fields
    )
    services = current_services()
    with services.database.transaction() as db:
        edge = _edge(db, services, endpoint, path)
        kept = idempotency.claim(
            db, edge.actor.id, key, sha256, now=services.clock.now()
        )
        if kept:
            response = _json(kept.body, kept.status)
            response.headers[idempotency.REPLAYED_HEADER] = "true"
            return response
        result = endpoint.handler(edge, *_loaded(endpoint, asked), **path)
        answer = idempotency.KeptAnswer(CREATED, _dumped(endpoint, result))
        idempotency.keep(db, edge.actor.id, key, answer)
    return _json(answer.body, answer.status)


def _edge(
    db: Session, services: Services, endpoint: _Endpoint, path: dict[str, str]
) -> Edge:
    authorization = request.headers.get("Authorization")
    actor = require_bearer(db, authorization, now=services.clock.now())
    registration_id = path.pop("registration_id", "")
    if isinstance(endpoint.access, Permission):
        require_entry(actor, registration_id)
        require_permission(actor, endpoint.access, registration_id)
    return Edge(
        db=db,
        actor=actor,
        clock=services.clock,
        passwords=services.passwords,
        registration_id=registration_id,
    )


def _loaded(endpoint: _Endpoint, asked: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    if endpoint.takes is None:
        _NOTHING.load(asked)
        return ()
    return (endpoint.takes.load(asked),)


def _dumped(endpoint: _Endpoint, result: Any) -> str:
    shown = endpoint.answers.dump(result)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _json(body: str, status: int) -> Response:
    return Response(f"{body}\n", status, content_type="application/json")


_NOTHING: Final = Schema()


def downloads(
    blueprint: Blueprint,
    rule: str,
    access: Access,
    *,
    takes: type[Schema] | None = None,
    gives: type[Document] = Pdf,
) -> Callable[[H], H]:
    """Declare an address that gives a file: `handler(edge, [fields,] **path)`.

    Args:
        blueprint: where it belongs.
        rule: the path below the blueprint's.
        access: the permission, or SIGNED_IN.
        takes: shape of the query string.
        gives: the kind of file that the handler answers with.
    """

    def register(handler: H) -> H:
        endpoint = _Endpoint(
            handler=handler,
            access=access,
            takes=takes() if takes else None,
            answers=_NOTHING,
        )

        def view(**path: str) -> Response:
            return attached(_document(endpoint, path))

        described = describe_read(handler, endpoint.takes, _NOTHING)
        description = describe_download(described, gives)
        _route(blueprint, rule, "GET", endpoint, view, description)
        return handler

    return register


def _document(endpoint: _Endpoint, path: dict[str, str]) -> Document:
    require_plain_path(path)
    asked = query_fields()
    services = current_services()
    with services.database.reading() as db:
        edge = _edge(db, services, endpoint, path)
        document: Document = endpoint.handler(edge, *_loaded(endpoint, asked), **path)
        return document
