"""Registrations, what they have on hand, and redactions, as JSON."""

from marshmallow import Schema, fields

from inventory.web.answers import RecordedView
from inventory.web.fields import Text
from inventory.web.signatures import SignedByAuthor


class RegistrationAnswer(Schema):
    """A registration at which you hold a role."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    dea_number = fields.String(required=True)
    address = fields.String(required=True)
    facility_type = fields.String(required=True)
    time_zone = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class OnHandFiguresAnswer(Schema):
    """Sealed containers, containers in use, and what is in them together."""

    sealed = fields.Integer(required=True)
    in_use = fields.Integer(required=True)
    amount_ug = fields.Integer(required=True)
    amount_mg = fields.String(required=True)
    amount = fields.String(required=True)


class OnHandAnswer(Schema):
    """One product at one place; `figures` is null while the place is being counted."""

    product_id = fields.String(required=True)
    product_name = fields.String(required=True)
    ndc = fields.String(required=True)
    place = fields.String(required=True)
    figures = fields.Nested(OnHandFiguresAnswer, required=True, allow_none=True)


class RedactionSchema(SignedByAuthor):
    """Which free text of an entry must go, and why."""

    name = Text(max_length=40, required=True, metadata={"examples": ["protocol"]})
    reason = Text(max_length=200, required=True)


class RedactionAnswer(RecordedView):
    """The text that nobody can read any more, and the entry that says so."""

    redacted_event_id = fields.String(required=True, attribute="event_id")
    name = fields.String(required=True)
