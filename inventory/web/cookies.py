"""The cookies: who is signed in, and the token against forged forms.

Wherever they are for https only they carry the prefix `__Host-`, by which the browser
itself keeps other hosts and paths of the domain from planting one (RFC 6265bis).
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface

from config.hosts import is_loopback

SIGN_IN_COOKIE: Final = "countersign_sign_in"
FORM_COOKIE: Final = "countersign_form"

_HOST_PREFIX: Final = "__Host-"


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, named and marked as `wants_secure` says."""

    digest_method = staticmethod(sha256)  # Flask's own is SHA-1

    def get_cookie_name(self, app: Flask) -> str:
        """Give its name in this request."""
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        """Tell whether the browser may send it over https only."""
        return wants_secure(request)


def cookie_name(name: str) -> str:
    """Give the name that a cookie of ours has in this request."""
    return f"{_HOST_PREFIX}{name}" if wants_secure(request) else name


def read_cookie(name: str) -> str:
    """Give what a cookie of ours says, or ""."""
    return request.cookies.get(cookie_name(name), "")


def set_cookie(
    response: Response, name: str, secret: str, *, lifetime: timedelta
) -> None:
    """Give the browser a secret, out of reach of scripts and other sites."""
    response.set_cookie(
        cookie_name(name),
        secret,
        max_age=lifetime,
        httponly=True,
        samesite="Lax",
        secure=wants_secure(request),
    )


def forget_cookie(response: Response, name: str) -> None:
    """Take a secret back from the browser."""
    response.delete_cookie(
        cookie_name(name),
        httponly=True,
        samesite="Lax",
        secure=wants_secure(request),
    )


def wants_secure(request: Request) -> bool:
    """Tell whether cookies are for https only: always, but for http to this machine.

    Browsers differ on whether http to this machine may keep such a cookie.
    """
    name = urlsplit(f"//{request.host}").hostname or ""
    return request.is_secure or not is_loopback(name)
