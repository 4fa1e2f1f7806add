"""End one's own sign-ins elsewhere, and one's programs' tokens."""

from typing import Any, Final

from flask import flash
from marshmallow import Schema

from inventory.account.pages.address import account, blueprint
from inventory.account.pages.overview import show_account
from inventory.credentials import sign_ins
from inventory.programs.commands.tokens import RevokeToken, revoke_token
from inventory.web.access import SIGNED_IN
from inventory.web.pages import Edge, acts

_RULE: Final = "/account/sign-ins"


@acts(
    blueprint,
    f"{_RULE}/<sign_in_id>/end",
    SIGNED_IN,
    takes=Schema,
    again=show_account,
)
def end_sign_in(edge: Edge, _: dict[str, Any], sign_in_id: str) -> str:
    """End one of them, from its next request on."""
    now, me = edge.clock.now(), edge.actor.id
    sign_ins.revoke(edge.db, me, sign_in_id, by=me, now=now)
    flash("That sign-in has ended.")
    return account()


@acts(blueprint, f"{_RULE}/end-others", SIGNED_IN, takes=Schema, again=show_account)
def end_other_sign_ins(edge: Edge, _: dict[str, Any]) -> str:
    """End all but this one."""
    sign_ins.end_all(
        edge.db,
        edge.actor.id,
        why="revoked",
        now=edge.clock.now(),
        except_id=edge.actor.known_by.source,
    )
    flash("You are signed in here alone.")
    return account()


@acts(
    blueprint,
    "/account/tokens/<token_id>/revoke",
    SIGNED_IN,
    takes=Schema,
    again=show_account,
)
def revoke_own_token(edge: Edge, _: dict[str, Any], token_id: str) -> str:
    """End a token before its time."""
    revoke_token(
        edge.db, RevokeToken(token_id=token_id), actor=edge.actor, clock=edge.clock
    )
    flash("That token no longer works.")
    return account()
