"""Tokens and terminals: given out, and taken back."""

from inventory.programs.commands.terminals import (
    RegisterTerminal,
    RevokeTerminal,
    TerminalRegistered,
    TerminalRevoked,
    register_terminal,
    revoke_terminal,
)
from inventory.programs.commands.tokens import (
    IssueToken,
    RevokeToken,
    TokenIssued,
    TokenRevoked,
    issue_token,
    revoke_token,
)

__all__ = [
    "IssueToken",
    "RegisterTerminal",
    "RevokeTerminal",
    "RevokeToken",
    "TerminalRegistered",
    "TerminalRevoked",
    "TokenIssued",
    "TokenRevoked",
    "issue_token",
    "register_terminal",
    "revoke_terminal",
    "revoke_token",
]
