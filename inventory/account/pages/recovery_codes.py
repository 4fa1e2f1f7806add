"""Make recovery codes; they are shown once."""

from typing import Any, Final

from flask import flash, render_template

from inventory.account.pages.address import account, blueprint
from inventory.credentials import factors, second_factors
from inventory.web.access import SIGNED_IN
from inventory.web.pages import Edge, Form, OwnSignature, ShownOnce, acts, shows

_RULE: Final = "/account/recovery-codes"


@shows(blueprint, _RULE, SIGNED_IN)
def ask_for_codes(edge: Edge, form: Form | None = None) -> str:
    """Say what the codes are for, and what happens to the old ones."""
    left = factors.list_factors(edge.db, edge.actor.id).recovery_codes_left
    return render_template(
        "account/recovery_codes.html", form=form or Form(), left=left
    )


@acts(blueprint, _RULE, SIGNED_IN, takes=OwnSignature, again=ask_for_codes, signs=True)
def make_codes(edge: Edge, _: dict[str, Any]) -> ShownOnce:
    """Make ten codes in place of all earlier ones."""
    return _codes(edge, "Your recovery codes")


def codes_or_account(edge: Edge, done: str) -> str | ShownOnce:
    """Give the first second factor its recovery codes; later ones keep those."""
    if factors.list_factors(edge.db, edge.actor.id).recovery_codes_left:
        flash(done)
        return account()
    return _codes(edge, f"{done} Keep these recovery codes")


def _codes(edge: Edge, title: str) -> ShownOnce:
    codes = second_factors.make_recovery_codes(edge.db, edge.signed, clock=edge.clock)
    page = render_template(
        "account/codes.html", codes=codes, title=title, go_on="account.show_account"
    )
    return ShownOnce(page=page, then=account())
