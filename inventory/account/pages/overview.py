"""The account at a glance."""

from flask import render_template

from inventory.account.browser_names import browser_name
from inventory.account.pages.address import blueprint
from inventory.account.queries import read_account
from inventory.web.access import SIGNED_IN
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form, shows


@shows(blueprint, "/account", SIGNED_IN)
def show_account(edge: Edge, form: Form | None = None, **_: str) -> str:
    """Show what the person has, and where they are signed in."""
    account = read_account(edge.db, edge.actor, now=edge.clock.now())
    return render_template(
        "account/overview.html",
        account=account,
        browser_name=browser_name,
        factors=account.factors,
        form=form or Form(),
        local=LocalTime(account.zone),
        this_sign_in=edge.actor.known_by.source,
    )
