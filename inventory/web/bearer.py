"""Who a program is: the bearer token of every API request."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import structlog
from flask import Flask, Response, g, request
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.hosts import is_loopback
from inventory.credentials.actors import load_actor
from inventory.credentials.tokens import MARK, fingerprint
from inventory.kernel.actors import Actor, Identification, Permission
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.credentials import ApiToken
from inventory.web.cookies import wants_secure
from inventory.web.services import current_services

SCHEME: Final = "Bearer"

# The last use of a token is noted at most this often: asking should not write.
_NOTED_EVERY: Final = timedelta(minutes=1)

_log = structlog.get_logger(__name__)

V = TypeVar("V")


def register(app: Flask) -> None:
    """Refuse tokens on open lines; note their use once their requests are answered."""
    app.before_request(require_private_line)
    app.after_request(_note_use)


def require_private_line() -> None:
    """Refuse a token that anybody on its way could have read (ASVS 5.0 12.2.1).

    Raises:
        InventoryError: MALFORMED_REQUEST, over plain HTTP unless within this machine.
    """
    is_within = is_loopback(request.remote_addr or "") and not wants_secure(request)
    if "Authorization" not in request.headers or request.is_secure or is_within:
        return
    raise InventoryError(
        ErrorCode.MALFORMED_REQUEST,
        "This token came over plain HTTP: whoever stood on the way has it now. Revoke "
        "it, and use https with a new one. If you did use https, the service must be "
        "told of its proxy by COUNTERSIGN_PROXIES.",
    )


def require_bearer(db: Session, authorization: str | None, *, now: datetime) -> Actor:
    """Give whoever the token stands for, with the roles they hold now.

    A token for one registration gives the roles held there alone; one for listed
    permissions allows no others. The request's log and attempts find the actor as
    `g.actor`.

    Raises:
        InventoryError: NOT_SIGNED_IN, the same for an absent, unknown, expired or
            revoked token and a disabled person.
    """
    actor = _bearer(db, authorization or "", now)
    if actor is None:
        raise InventoryError(
            ErrorCode.NOT_SIGNED_IN,
            "Send a valid API token in the header Authorization: Bearer <token>. "
            "Issue your own with: countersign people token. "
            "An administrator issues those of scheduled jobs.",
        )
    g.actor = actor
    return actor


def _bearer(db: Session, authorization: str, now: datetime) -> Actor | None:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != SCHEME.lower() or not secret.startswith(MARK):
        return None
    query = select(ApiToken).where(
        ApiToken.secret_sha256 == fingerprint(secret),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > now,
    )
    token = db.scalar(query)
    actor = load_actor(db, token.person_id, now=now) if token else None
    if token is None or actor is None:
        return None
    if token.last_used_at is None or now >= token.last_used_at + _NOTED_EVERY:
        g.token_to_note = token.id
    return _narrowed(actor, token)


def _narrowed(actor: Actor, token: ApiToken) -> Actor:
    """Give the actor as far as the token reaches."""
    here = token.registration_id
    return replace(
        actor,
        roles=_at(actor.roles, here),
        lapses=_at(actor.lapses, here),
        emergencies=_at(actor.emergencies, here),
        known_by=Identification(factors=("token",), source=token.id),
        allowed=_allowed(token.permissions),
    )


def _at(by_registration: Mapping[str, V], here: str | None) -> Mapping[str, V]:
    if here is None:
        return by_registration
    return {site: value for site, value in by_registration.items() if site == here}


def _allowed(permissions: str | None) -> frozenset[Permission] | None:
    if permissions is None:
        return None
    named = permissions.split()
    return frozenset(one for one in Permission if one.value in named)


def _note_use(response: Response) -> Response:
    """Note when a token was last used; the answer never waits on it twice a minute."""
    token_id = g.pop("token_to_note", None)
    if token_id is None:
        return response
    services = current_services()
    now = services.clock.now()
    used = update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now)
    try:
        with services.database.transaction() as db:
            db.execute(used)
    except (InventoryError, SQLAlchemyError) as error:
        # The answer stands, whatever became of the note.
        _log.warning("use_of_token_not_noted", token=token_id, why=repr(error))
    return response
