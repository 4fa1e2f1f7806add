"""Terminals: registered devices, known again by a cookie (21 CFR 11.10(h))."""

from datetime import timedelta
from typing import Final

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials.tokens import fingerprint
from inventory.models.credentials import Terminal
from inventory.web.cookies import read_cookie, set_cookie

TERMINAL_COOKIE: Final = "countersign_terminal"

# The longest that browsers keep a cookie; after that the device is registered anew.
_KEPT: Final = timedelta(days=400)


def known_terminal(db: Session) -> str | None:
    """Give the id of the registered terminal that this request came from, or None."""
    secret = read_cookie(TERMINAL_COOKIE)
    if not secret:
        return None
    query = select(Terminal.id).where(
        Terminal.secret_sha256 == fingerprint(secret), Terminal.revoked_at.is_(None)
    )
    return db.scalar(query)


def become_terminal(response: Response, secret: str) -> Response:
    """Let the browser keep the secret of the terminal that it is."""
    set_cookie(response, TERMINAL_COOKIE, secret, lifetime=_KEPT)
    return response
