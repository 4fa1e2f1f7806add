"""People, their roles and their tokens, as JSON."""

from marshmallow import Schema, fields

from inventory.kernel.actors import Role
from inventory.web.answers import RecordedView
from inventory.web.fields import Choice, Instant, Secret, Text


class AddJobSchema(Schema):
    """A scheduled job for the signature register."""

    sign_in_name = Text(max_length=64, required=True)
    name = Text(max_length=100, required=True)
    initials = Text(max_length=6, required=True)


class AddPersonSchema(AddJobSchema):
    """A person for the signature register."""

    password = Secret(required=True)


class PersonAddedView(Schema):
    """Someone the books can name."""

    person_id = fields.String(required=True)
    kind = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)


class GrantRoleSchema(Schema):
    """A role at this registration."""

    role = Choice(Role, required=True)


class RoleGrantedView(RecordedView):
    """The role, and where the entry stands in the book."""

    person_id = fields.String(required=True)
    role = fields.String(required=True)


class PersonView(Schema):
    """A person or job with the roles held at this registration."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    disabled_at = Instant(required=True, allow_none=True)


class TokenView(Schema):
    """A token without its secret, which nobody can read again."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    label = fields.String(required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class TokenRevokedView(Schema):
    """Since when a token no longer works."""

    token_id = fields.String(required=True)
    revoked_at = Instant(required=True)
