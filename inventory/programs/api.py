"""Tokens and terminals over HTTP.

Nothing with a secret is made here: the answer of a write is kept for those who ask
again, and a secret is kept nowhere. The command line issues tokens, a page registers
the terminal it is opened on.
"""

from typing import Final

from inventory.kernel.actors import Permission
from inventory.programs import queries
from inventory.programs.commands import (
    RevokeTerminal,
    RevokeToken,
    TerminalRevoked,
    TokenRevoked,
    revoke_terminal,
    revoke_token,
)
from inventory.programs.schemas import (
    TerminalRevokedView,
    TerminalView,
    TokenRevokedView,
    TokenView,
)
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads, writes

_BOOK: Final = "/registrations/<registration_id>"

blueprint = make_blueprint(
    "programs",
    "The tokens by which programs act, and the devices that people sit at.",
    url_prefix=API_PREFIX,
)


@reads(blueprint, "/tokens", SIGNED_IN, answers=TokenView, many=True)
def list_tokens(edge: Edge) -> list[queries.TokenView]:
    """List your own tokens, newest first."""
    return queries.list_tokens(edge.db, edge.actor.id)


@writes(blueprint, "/tokens/<token_id>/revoke", SIGNED_IN, answers=TokenRevokedView)
def post_token_revoke(edge: Edge, token_id: str) -> TokenRevoked:
    """Revoke a token of your own, or of someone at a site you administer."""
    command = RevokeToken(token_id=token_id)
    return revoke_token(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint, f"{_BOOK}/tokens", Permission.READ_ACCESS, answers=TokenView, many=True
)
def list_site_tokens(edge: Edge) -> list[queries.TokenView]:
    """List the tokens that reach this registration, whoever owns them."""
    return queries.list_site_tokens(edge.db, edge.registration_id)


@reads(
    blueprint,
    f"{_BOOK}/terminals",
    Permission.READ_ACCESS,
    answers=TerminalView,
    many=True,
)
def list_terminals(edge: Edge) -> list[queries.TerminalView]:
    """List the terminals of this registration, by label."""
    return queries.list_terminals(edge.db, edge.registration_id)


@writes(
    blueprint,
    f"{_BOOK}/terminals/<terminal_id>/revocation",
    Permission.MANAGE_TERMINALS,
    answers=TerminalRevokedView,
)
def post_terminal_revocation(edge: Edge, terminal_id: str) -> TerminalRevoked:
    """Revoke a terminal; whoever is signed in on it is signed out."""
    command = RevokeTerminal(
        registration_id=edge.registration_id, terminal_id=terminal_id
    )
    return revoke_terminal(edge.db, command, actor=edge.actor, clock=edge.clock)
