"""What every answer tells the browser to allow: ourselves, and nothing else."""

from typing import Final

from flask import Flask, Response, request

# Scripts and styles come from files of ours, so nothing inline is ever needed. Pico
# draws its ticks and arrows as data: images.
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# Passkeys are asked for and made; nothing else of the device is of use to us.
_FEATURES: Final = (
    "publickey-credentials-get=(self), publickey-credentials-create=(self), "
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it, browsers would call the origin of our forms "null".
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": _FEATURES,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Two years, also for names below this one: none of them can plant a cookie by http.
_ONLY_HTTPS: Final = "max-age=63072000; includeSubDomains"


def register(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _ONLY_HTTPS
    _lead_here(response)
    return response


def _lead_here(response: Response) -> None:
    """Name no host in a redirect to ourselves: it would be whatever the caller claimed.

    Our pages name none; routing does, when it leads "//x" to "/x".
    """
    target = response.location or ""
    if target.startswith(request.host_url):
        path = target.removeprefix(request.host_url).lstrip("/")
        response.location = f"/{path}"
