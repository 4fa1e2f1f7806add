"""What a request was refused for: said once, logged, and kept if it was to change much.

Every request that was to change something and was refused leaves an attempt, whatever
refused it. The refusal is answered even where its attempt cannot be kept. Attempts name
no secret: no path that could hold one, no field's content, and the name that somebody
gave in vain as a keyed hash alone, since passwords are typed there too.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, request

from inventory.credentials.networks import network_of
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode
from inventory.web.attempts import Tried, keep
from inventory.web.services import current_services

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FIRST_REFUSAL: Final = 400
# The database may be the reason: an attempt would only be one more that waits for it.
_NOT_KEPT: Final = frozenset({ErrorCode.BUSY, ErrorCode.READ_ONLY})
_UNNAMED: Final = frozenset({ErrorCode.NOT_SIGNED_IN, ErrorCode.TOO_MANY_ATTEMPTS})
_NOWHERE: Final = "(no such address)"
_PATH_LENGTH_MAX: Final = 300
_FIELD_LENGTH_MAX: Final = 100
_DETAIL_LENGTH_MAX: Final = 500
_HASH_LENGTH: Final = 32
_UNSHOWN: Final = "\N{REPLACEMENT CHARACTER}"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request was refused.

    Attributes:
        code: the reason.
        detail: the sentence that is answered.
        field: the first input at fault, if one is.
    """

    code: ErrorCode
    detail: str
    field: str | None = None


_UNSAID: Final = Refusal(code=ErrorCode.INVALID_FIELD, detail="The page says why.")


def register(app: Flask) -> None:
    """Keep what is refused, once it is answered."""
    app.after_request(_keep)


def note(refusal: Refusal) -> None:
    """Say what this request is refused for."""
    g.refused = refusal


def refused_code() -> str | None:
    """Give the code this request was refused with, or None."""
    refusal: Refusal | None = g.get("refused")
    return refusal.code.value if refusal else None


def key_of_name(name: str) -> str:
    """Give what stands for a sign-in name that was given in vain."""
    return f"name {_keyed_hash(name, 'attempted name')}"


def _keep(response: Response) -> Response:
    refusal: Refusal | None = g.get("refused")
    if refusal is None and response.status_code >= _FIRST_REFUSAL:
        refusal = _UNSAID
    if refusal is None or request.method in _READS:
        return response
    if refusal.code in _NOT_KEPT:
        _log.warning("attempt_not_kept", refusal=refusal.code.value)
        return response
    services = current_services()
    try:
        with services.database.transaction() as db:
            keep(db, _tried(refusal), now=services.clock.now())
    except Exception as error:  # noqa: BLE001 - the refusal is answered in any case
        _log.error("attempt_not_kept", refusal=refusal.code.value, exc_info=error)
    return response


def _tried(refusal: Refusal) -> Tried:
    actor: Actor | None = g.get("actor")
    network = network_of(request.remote_addr or "")
    stranger = f"network {_keyed_hash(network, 'attempting network')}"
    return Tried(
        registration_id=_registration_id(),
        person_id=actor.id if actor else None,
        principal=actor.id if actor else stranger,
        source=(actor.known_by.source or "") if actor else _claimed_name(refusal),
        network=network,
        action=_action(),
        path=_path(),
        code=refusal.code.value,
        field=refusal.field and _plain(refusal.field, _FIELD_LENGTH_MAX),
        detail=_plain(refusal.detail, _DETAIL_LENGTH_MAX),
    )


def _registration_id() -> str | None:
    named: str | None = (request.view_args or {}).get("registration_id")
    return _plain(named, _FIELD_LENGTH_MAX) if named else None


def _claimed_name(refusal: Refusal) -> str:
    # Only where a form was read: reading one now could itself be refused.
    if refusal.code not in _UNNAMED or request.is_json:
        return ""
    name = request.form.get("sign_in_name", "")
    return key_of_name(name) if name else ""


def _action() -> str:
    method = request.method if request.method in _WRITES else "(other method)"
    return f"{method} {request.url_rule.rule if request.url_rule else _NOWHERE}"


def _path() -> str:
    """Give the address, unless it names something else than by identifier."""
    if request.url_rule is None:
        return ""
    if all(name.endswith("_id") for name in request.view_args or {}):
        return quote(request.path)[:_PATH_LENGTH_MAX]
    return request.url_rule.rule


def _plain(said: str, length_max: int) -> str:
    shown = (one if one.isprintable() else _UNSHOWN for one in said[:length_max])
    return "".join(shown)


def _keyed_hash(said: str, purpose: str) -> str:
    sealing = current_services().sealing
    return sealing.keyed_hash(said, purpose=purpose).hex()[:_HASH_LENGTH]
