"""Pages for people who are signed in: how one is shown, and how its form is taken.

@shows(blueprint, "/registrations/<registration_id>/things/new", Permission.COUNT)
def ask_for_thing(edge: Edge, form: Form | None = None) -> str:
    return render_template("thing.html", form=form or Form())


@acts(
    blueprint,
    "/registrations/<registration_id>/things/new",
    Permission.COUNT,
    takes=ThingForm,
    again=ask_for_thing,
)
def add_thing(edge: Edge, fields: dict[str, Any]) -> str:
    ...
    return url_for("things.show_thing", ...)
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from inventory.credentials import sign_ins
from inventory.web.access import Access, state_access
from inventory.web.acting import Act, Acting, act_on
from inventory.web.edges import Edge, Identifies, named
from inventory.web.forms import Form, ShownOnce
from inventory.web.own_signature import OwnSignature
from inventory.web.patient_reads import note_patient_read
from inventory.web.requests import require_plain_path
from inventory.web.services import current_services
from inventory.web.visitors import ask_to_sign_in, page_edge, sign_in_secret, visitor

__all__ = ["Edge", "Form", "OwnSignature", "ShownOnce", "acts", "shows"]

Page = Callable[..., ResponseReturnValue]

P = TypeVar("P", bound=Page)
A = TypeVar("A", bound=Act)


def shows(
    blueprint: Blueprint, rule: str, access: Access, *, of_patient: bool = False
) -> Callable[[P], P]:
    """Declare a page for people who are signed in: `page(edge, **path)`.

    A browser that is not signed in is sent to sign in first, and comes back. Who looks
    at a page that belongs to patients (`of_patient`) is recorded.
    """

    def register(page: P) -> P:
        def view(**path: str) -> ResponseReturnValue:
            return _show(page, access, path, of_patient=of_patient)

        update_wrapper(view, page)
        blueprint.add_url_rule(rule, view_func=state_access(view, access))
        return page

    return register


def acts(
    blueprint: Blueprint,
    rule: str,
    access: Access,
    *,
    takes: type[Schema],
    again: Page,
    identifies: Identifies | None = None,
    prepares: Callable[..., dict[str, Any]] | None = None,
    signs: bool = False,
    wholly: bool = False,
) -> Callable[[A], A]:
    """Declare what a form does: `act(edge, fields, **path)` gives the page to see next.

    The form's template calls `forms.hidden(form)` once, for the token and the key, and
    a macro of `forms.html` for each input. What is refused shows the form again by
    `again(edge, form=..., **path)`, with the sentence beside the input at fault.

    Args:
        blueprint: where it belongs.
        rule: the path, the same as that of the page that shows the form.
        access: the permission, or SIGNED_IN.
        takes: shape of the form; inputs left empty are not given, `fields.Secret` is
            never shown again, `fields.List` takes an input that is there many times.
        again: the page with the form on it.
        identifies: proves a further person before the transaction opens, as for an
            address of the API: `identifies(asking, fields, **path)` gives a Proof; the
            act finds it in `edge.proof`.
        prepares: does what takes long before the transaction opens, such as hashing a
            password: `prepares(asking, fields, **path)` gives the fields for the act.
        signs: the person who is signed in signs it with their own credential: `takes`
            is an `OwnSignature`, the template calls `forms.own_signature(form)`, and
            the act finds it in `edge.signed` (its inputs are gone from the fields).
        wholly: with all components, whichever signature of the sign-in it is.

    An act whose page shows a secret gives `ShownOnce(page=..., then=...)` instead.
    """
    assert not signs or issubclass(takes, OwnSignature), "it is signed by its inputs"

    def register(act: A) -> A:
        acting = Acting(
            act=act,
            access=access,
            takes=takes(),
            again=again,
            identifies=identifies,
            prepares=prepares,
            signs=signs,
            wholly=wholly,
        )

        def view(**path: str) -> ResponseReturnValue:
            return act_on(acting, path)

        update_wrapper(view, act)
        stated = state_access(view, access)
        blueprint.add_url_rule(rule, view_func=stated, methods=["POST"])
        return act

    return register


def _show(
    page: Page, access: Access, path: dict[str, str], *, of_patient: bool
) -> ResponseReturnValue:
    require_plain_path(path)
    services = current_services()
    now = services.clock.now()
    with services.database.reading() as db:
        signed_in = visitor(db, now=now)
        if signed_in is None:
            return ask_to_sign_in(request.full_path)
        edge = page_edge(db, services, signed_in, access, path)
        response = make_response(page(edge, **named(path)))
    if of_patient:
        note_patient_read(services, edge.actor, edge.registration_id)
    if signed_in.wants_note:
        with services.database.transaction() as db:
            sign_ins.note_visit(db, sign_in_secret(), now=now)
    return response
