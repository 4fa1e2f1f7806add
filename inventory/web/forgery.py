"""Forms come from our own pages: what other sites send in a person's name is refused.

Three walls, each enough against a forged form: the browser's own word on where the
request comes from (Sec-Fetch-Site, Origin), the token in the form, and SameSite cookies
(ASVS 5.0 3.5.1). Programs are not concerned: no site can make a browser send a bearer
token.
"""

from hashlib import sha256
from typing import Final

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from itsdangerous import Signer

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.problems import MACHINE_PATHS, problem

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# "none": the person's own doing, such as sending a form again by reloading its answer.
_OWN: Final = frozenset({"same-origin", "none"})
_REFUSED: Final = (
    "This form did not come from a page of this service, or its page was left open too "
    "long. Nothing was recorded. Open the page again and fill it in anew."
)


def register(app: Flask) -> None:
    """Refuse forms from elsewhere, before anything else looks at them."""
    # Flask-WTF signs its tokens as this default says, which is SHA-1 as it comes.
    Signer.default_digest_method = staticmethod(sha256)
    app.before_request(require_own_page)
    app.register_error_handler(CSRFError, _refused)


def require_own_page() -> None:
    """Refuse what a browser says comes from another site.

    Raises:
        InventoryError: MALFORMED_REQUEST.
    """
    if request.method in _READS or request.path.startswith(MACHINE_PATHS):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", _own_origin())
    is_ours = site in _OWN if site else origin == _own_origin()
    if not is_ours:
        raise InventoryError(ErrorCode.MALFORMED_REQUEST, _REFUSED)


def _own_origin() -> str:
    return request.host_url.removesuffix("/")


def _refused(_: CSRFError) -> Response:
    return problem(ErrorCode.MALFORMED_REQUEST, _REFUSED)
