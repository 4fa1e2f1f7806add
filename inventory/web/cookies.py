"""The two cookies: who is signed in, and the token against forged forms."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface

SIGN_IN_COOKIE: Final = "countersign_sign_in"
FORM_COOKIE: Final = "countersign_form"


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure as `wants_secure` says."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        """Tell whether the browser may send it over https only."""
        return wants_secure(request)


def set_sign_in(response: Response, secret: str, *, lifetime: timedelta) -> None:
    """Give the browser the secret of its sign-in."""
    response.set_cookie(
        SIGN_IN_COOKIE,
        secret,
        max_age=lifetime,
        httponly=True,
        samesite="Lax",
        secure=wants_secure(request),
    )


def forget_sign_in(response: Response) -> None:
    """Take the secret back from the browser."""
    response.delete_cookie(
        SIGN_IN_COOKIE, httponly=True, samesite="Lax", secure=wants_secure(request)
    )


def wants_secure(request: Request) -> bool:
    """Tell whether cookies are for https only: always, but for http to this machine."""
    return request.is_secure or not _is_loopback(request.host)


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
