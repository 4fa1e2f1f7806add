"""Registrations and what they have on hand, as JSON."""

from marshmallow import Schema, fields


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
