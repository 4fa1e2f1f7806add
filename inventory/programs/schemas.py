"""Tokens and terminals, as JSON and as a form."""

from marshmallow import Schema, fields

from inventory.programs.rules import LABEL_LENGTH_MAX
from inventory.web.fields import Instant, Text


class TokenView(Schema):
    """A token without its secret, which nobody can read again."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    label = fields.String(required=True)
    registration_id = fields.String(required=True, allow_none=True)
    permissions = fields.List(fields.String(), required=True, allow_none=True)
    issued_by = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class TokenRevokedView(Schema):
    """Since when a token no longer works."""

    token_id = fields.String(required=True)
    revoked_at = Instant(required=True)


class RegisterTerminalSchema(Schema):
    """What the device in front of you is called."""

    label = Text(max_length=LABEL_LENGTH_MAX, required=True)


class TerminalView(Schema):
    """A device of this site, without its secret."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    registered_by = fields.String(required=True)
    registered_by_name = fields.String(required=True)
    registered_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class TerminalRevokedView(Schema):
    """Since when a device is no terminal, and how many were signed out on it."""

    terminal_id = fields.String(required=True)
    revoked_at = Instant(required=True)
    signed_out = fields.Integer(required=True)
