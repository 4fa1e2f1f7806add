"""The flow of a form: one sending, one transaction, one page to land on.

A form is sent again by a double click, by "reload", or by a browser that lost the
answer. Its hidden key makes that one entry (decision 0009) and leads to the same page.
A refused form is shown again with what was typed, and nothing is recorded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy.orm import Session

from inventory.credentials import sign_ins
from inventory.credentials.identified import Identified
from inventory.credentials.presented import Given
from inventory.credentials.sign_ins import SignedIn
from inventory.credentials.standing import as_of_now
from inventory.kernel.actors import Proof
from inventory.web import idempotency
from inventory.web.access import Access
from inventory.web.edges import REGISTRATION_ID, Asking, Edge, Identifies, named
from inventory.web.forms import SentForm, ShownOnce, read_form
from inventory.web.idempotency import KeptAnswer
from inventory.web.own_signature import given_in
from inventory.web.requests import require_plain_path
from inventory.web.services import current_services
from inventory.web.visitors import SEE_OTHER, ask_to_sign_in, page_edge, see, visitor

Act = Callable[..., str | ShownOnce]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """One declared form."""

    act: Act
    access: Access
    takes: Schema
    again: Callable[..., ResponseReturnValue]
    identifies: Identifies | None
    prepares: Callable[..., dict[str, Any]] | None
    signs: bool
    wholly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending:
    """One sending of a form, by somebody who may."""

    path: dict[str, str]
    form: SentForm
    key: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signatures:
    """Who signed it, themselves and a further person, before the transaction opens."""

    own: Identified | None = None
    proof: Proof | None = None


def act_on(acting: Acting, path: dict[str, str]) -> ResponseReturnValue:
    """Answer a form with the page it leads to, or with the form and what is wrong."""
    require_plain_path(path)
    services = current_services()
    with services.database.reading() as db:
        signed_in = visitor(db, now=services.clock.now())
        if signed_in is None:
            return ask_to_sign_in(_page_of_form())
        page_edge(db, services, signed_in, acting.access, path)
    form = read_form(acting.takes)
    g.shows_again = lambda problem: _shown_again(acting, path, form, problem)
    key = idempotency.require_key(form.key)
    sha256 = idempotency.request_sha256(
        request.method, request.path, form.entered, form.secrets
    )
    sending = _Sending(path=path, form=form, key=key, sha256=sha256)
    return _answered(acting, signed_in, sending)


def _answered(
    acting: Acting, signed_in: SignedIn, sending: _Sending
) -> ResponseReturnValue:
    actor = signed_in.actor
    with current_services().database.reading() as db:
        kept = idempotency.find(db, actor.id, sending.key, sending.sha256)
    if kept:
        return see(kept.body)
    fields = acting.takes.load(sending.form.entered)
    given = given_in(fields) if acting.signs else None
    if acting.prepares is not None:
        # Before anything signs: a code that was given works once, and stays unused
        # when something else is wrong.
        asking = _asking(signed_in, sending)
        fields = acting.prepares(asking, fields, **named(sending.path))
    signatures = _signatures(acting, signed_in, sending, fields, given)
    return _recorded(acting, sending, fields, signatures)


def _signatures(
    acting: Acting,
    signed_in: SignedIn,
    sending: _Sending,
    fields: dict[str, Any],
    given: Given | None,
) -> _Signatures:
    services, own, proof = current_services(), None, None
    if given is not None:
        asked = replace(signed_in, signed_at=None) if acting.wholly else signed_in
        own = services.identifier.confirm(signed_in.actor, given, asked)
    if acting.identifies is not None:
        asking = _asking(own or signed_in, sending)
        proof = acting.identifies(asking, fields, **named(sending.path))
    return _Signatures(own=own, proof=proof)


def _asking(who: SignedIn | Identified, sending: _Sending) -> Asking:
    return Asking(
        actor=who.actor,
        registration_id=sending.path.get(REGISTRATION_ID, ""),
        services=current_services(),
    )


def _recorded(
    acting: Acting,
    sending: _Sending,
    fields: dict[str, Any],
    signatures: _Signatures,
) -> ResponseReturnValue:
    services = current_services()
    now = services.clock.now()
    with services.database.transaction() as db:
        signed_in = visitor(db, now=now)
        if signed_in is None:
            return ask_to_sign_in(_page_of_form())
        edge = page_edge(db, services, signed_in, acting.access, sending.path)
        kept = idempotency.claim(
            db, edge.actor.id, sending.key, sending.sha256, now=now
        )
        if kept:
            return see(kept.body)
        signed = _signed(db, edge, signed_in, signatures)
        result = acting.act(signed, fields, **named(sending.path))
        then = result.then if isinstance(result, ShownOnce) else result
        kept = KeptAnswer(SEE_OTHER, then)
        idempotency.keep(db, edge.actor.id, sending.key, kept)
    return result.page if isinstance(result, ShownOnce) else see(then)


def _signed(
    db: Session, edge: Edge, signed_in: SignedIn, signatures: _Signatures
) -> Edge:
    """Give the edge with its signatures, everybody with the roles they hold now."""
    now, own, proof = edge.clock.now(), signatures.own, signatures.proof
    if proof:
        edge = replace(edge, proof=as_of_now(db, proof, now=now))
    if own:
        sign_ins.note_signed(db, signed_in.sign_in_id, now=now)
        actor = replace(edge.actor, known_by=own.actor.known_by)
        edge = replace(edge, actor=actor, own=replace(own, actor=actor))
    return edge


def _shown_again(
    acting: Acting, path: dict[str, str], form: SentForm, problem: Mapping[str, Any]
) -> str | None:
    """Show the form with what is wrong; None to somebody signed out meanwhile."""
    services = current_services()
    with services.database.reading() as db:
        signed_in = visitor(db, now=services.clock.now())
        if signed_in is None:
            return None
        edge = page_edge(db, services, signed_in, acting.access, path)
        again = acting.again(edge, form=form.again(problem), **named(path))
        return make_response(again).get_data(as_text=True)


def _page_of_form() -> str:
    """Give the page that shows the form, if it stands at the form's own address."""
    pages = current_app.create_url_adapter(request)
    assert pages is not None, "a request has addresses"
    return request.path if pages.test(request.path, method="GET") else "/"
