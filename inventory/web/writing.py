"""The flow of a write: one key, one transaction, one kept answer (decision 0009).

A password is checked before the transaction opens: it takes a tenth of a second on
purpose, and nobody shall wait for it with the books locked.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Response, request

from inventory.credentials.identified import Identified
from inventory.credentials.standing import as_of_now
from inventory.kernel.actors import Proof
from inventory.web import idempotency
from inventory.web.edges import (
    Asking,
    Edge,
    Endpoint,
    dumped,
    edge_of,
    json_answer,
    loaded,
    named,
)
from inventory.web.idempotency import KeptAnswer
from inventory.web.requests import request_object, require_plain_path
from inventory.web.services import current_services
from inventory.web.signatures import SIGNATURE, signed_by_author

CREATED: Final = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry that was sent to an address."""

    endpoint: Endpoint
    path: dict[str, str]
    asked: dict[str, Any]
    key: str
    sha256: str

    @property
    def is_signed(self) -> bool:
        """Whether anybody has to be proved to be who they say."""
        signed = self.endpoint.signs and SIGNATURE in self.asked
        return signed or self.endpoint.identifies is not None

    def fields(self) -> tuple[tuple[dict[str, Any], ...], dict[str, Any] | None]:
        """Give the fields for the handler, and the author's own signature."""
        read = loaded(self.endpoint, self.asked)
        return read, read[0].pop(SIGNATURE, None) if self.endpoint.signs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signatures:
    """Who signed it, the author and a further person, before the transaction opens."""

    own: Identified | None = None
    proof: Proof | None = None


def write(endpoint: Endpoint, path: dict[str, str]) -> Response:
    """Answer one write, or give the answer that was kept for its key."""
    require_plain_path(path)
    asked = request_object()
    key = idempotency.require_key(request.headers.get(idempotency.HEADER))
    secrets = {*endpoint.secret_fields, *([SIGNATURE] if endpoint.signs else [])}
    sha256 = idempotency.request_sha256(request.method, request.path, asked, secrets)
    entry = _Entry(endpoint=endpoint, path=path, asked=asked, key=key, sha256=sha256)
    signatures = _Signatures()
    if entry.is_signed:
        asking = _asking(entry)
        if isinstance(asking, KeptAnswer):
            return _replayed(asking)
        signatures = _signatures(entry, asking)
    return _recorded(entry, signatures)


def _asking(entry: _Entry) -> Asking | KeptAnswer:
    """Find who asks; an entry that is recorded already needs no second proof."""
    services = current_services()
    with services.database.reading() as db:
        edge = edge_of(db, services, entry.endpoint, entry.path)
        kept = idempotency.find(db, edge.actor.id, entry.key, entry.sha256)
    return kept or Asking(
        actor=edge.actor, registration_id=edge.registration_id, services=services
    )


def _signatures(entry: _Entry, asking: Asking) -> _Signatures:
    fields, signature = entry.fields()
    own = proof = None
    if signature is not None:
        own = signed_by_author(asking.services, asking.actor, signature)
    if entry.endpoint.identifies is not None:
        proof = entry.endpoint.identifies(asking, *fields, **named(entry.path))
    return _Signatures(own=own, proof=proof)


def _recorded(entry: _Entry, signatures: _Signatures) -> Response:
    services = current_services()
    with services.database.transaction() as db:
        edge = edge_of(db, services, entry.endpoint, entry.path)
        now = services.clock.now()
        kept = idempotency.claim(db, edge.actor.id, entry.key, entry.sha256, now=now)
        if kept:
            return _replayed(kept)
        fields, _ = entry.fields()
        signed = _signed(edge, signatures)
        result = entry.endpoint.handler(signed, *fields, **named(entry.path))
        answer = KeptAnswer(CREATED, dumped(entry.endpoint, result))
        idempotency.keep(db, edge.actor.id, entry.key, answer)
    return json_answer(answer.body, answer.status)


def _signed(edge: Edge, signatures: _Signatures) -> Edge:
    """Give the edge with its signatures, everybody as they stand now."""
    own, proof = signatures.own, signatures.proof
    if proof:
        edge = replace(edge, proof=as_of_now(edge.db, proof, now=edge.clock.now()))
    if own:
        actor = replace(edge.actor, known_by=own.actor.known_by)
        edge = replace(edge, actor=actor, own=replace(own, actor=actor))
    return edge


def _replayed(kept: KeptAnswer) -> Response:
    response = json_answer(kept.body, kept.status)
    response.headers[idempotency.REPLAYED_HEADER] = "true"
    return response
