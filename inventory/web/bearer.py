"""Who a program is: the bearer token of every API request."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.credentials.tokens import MARK, fingerprint
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import ApiToken

SCHEME = "Bearer"


def require_bearer(db: Session, authorization: str | None, *, now: datetime) -> Actor:
    """Give whoever the token stands for, with the roles they hold now.

    Raises:
        InventoryError: NOT_SIGNED_IN, the same for an absent, unknown, expired or
            revoked token and a disabled person.
    """
    actor = _bearer(db, authorization or "", now)
    if actor is None:
        raise InventoryError(
            ErrorCode.NOT_SIGNED_IN,
            "Send a valid API token in the header Authorization: Bearer <token>. "
            "The manager of your site issues one.",
        )
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
    return load_actor(db, token.person_id) if token else None
