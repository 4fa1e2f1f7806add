"""Sessions and containers as JSON."""

from marshmallow import Schema, fields
from marshmallow.validate import Length

from inventory.sessions.rules import Indication, Route
from inventory.web.answers import QuantityView, RecordedView
from inventory.web.fields import (
    AmountText,
    Choice,
    CivilDay,
    Identifier,
    Instant,
    Text,
)
from inventory.web.signatures import SignedByAuthor

LINES_MAX = 20  # more vials than anyone draws for one patient at once


class OccurredSchema(Schema):
    """When it happened, if not now: up to 24 hours ago."""

    occurred_at = Instant()


class OpenSessionSchema(OccurredSchema):
    """Who is treated, why, under whom, and how."""

    patient_ref = Text(
        max_length=64,
        required=True,
        metadata={
            "description": "Opaque reference of the patient record, 8 to 64 letters, "
            "digits or hyphens with at least one digit. Never a name.",
            "examples": ["PT-20931-A"],
        },
    )
    indication = Choice(Indication, required=True)
    clinician_id = Identifier("per", required=True)
    weight_kg = Text(max_length=24, required=True, metadata={"examples": ["71.3"]})
    route = Choice(Route, required=True)
    protocol = Text(max_length=200, required=True)


class SessionOpenedView(RecordedView):
    """A session that can be drawn for."""

    session_id = fields.String(required=True)


class DrawLineSchema(Schema):
    """An amount from one container."""

    container_id = Identifier("ctr", required=True)
    amount = AmountText(required=True)


class DrawSchema(OccurredSchema):
    """What is drawn, from which containers."""

    lines = fields.List(
        fields.Nested(DrawLineSchema),
        required=True,
        validate=Length(1, LINES_MAX, error="Give {min} to {max} lines."),
    )


class DrawnView(RecordedView):
    """What was drawn, and what the session holds now."""

    session_id = fields.String(required=True)
    drawn = fields.Nested(QuantityView, required=True)
    remaining = fields.Nested(QuantityView, required=True)


class AdministerSchema(SignedByAuthor, OccurredSchema):
    """What the patient is given."""

    amount = AmountText(required=True)


class AdministeredView(RecordedView):
    """What was given, also per body weight, and what the session holds now."""

    session_id = fields.String(required=True)
    given = fields.Nested(QuantityView, required=True)
    dose = fields.String(required=True, metadata={"examples": ["0.5 mg/kg"]})
    remaining = fields.Nested(QuantityView, required=True)


class SessionClosedView(RecordedView):
    """A session at zero."""

    session_id = fields.String(required=True)


class ContainerOpenedView(RecordedView):
    """A vial in use."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    opened_at = Instant(required=True)


class ContainerRetiredView(RecordedView):
    """A vial that is empty and done with."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    retired_at = Instant(required=True)


class SessionFiguresView(Schema):
    """Drawn = given + wasted + remaining."""

    drawn = fields.Nested(QuantityView, required=True)
    given = fields.Nested(QuantityView, required=True)
    wasted = fields.Nested(QuantityView, required=True)
    remaining = fields.Nested(QuantityView, required=True)


class ContainerShareView(Schema):
    """What one container gave to the session."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)
    figures = fields.Nested(SessionFiguresView, required=True)


class SignatureView(Schema):
    """Who signed an entry, when, meaning what, and with which factors."""

    name = fields.String(required=True)
    meaning = fields.String(required=True)
    signed_at = Instant(required=True)
    factors = fields.List(fields.String(), required=True)


class SessionStepView(Schema):
    """One event of the session; null amounts where nothing moved."""

    position = fields.Integer(required=True)
    event_id = fields.String(required=True)
    tag = fields.String(required=True)
    occurred_at = Instant(required=True)
    recorded_at = Instant(required=True)
    actor = fields.String(required=True)
    witness = fields.String(required=True, allow_none=True)
    signatures = fields.List(fields.Nested(SignatureView), required=True)
    moved_ug = fields.Integer(required=True, allow_none=True)
    moved_mg = fields.String(required=True, allow_none=True)


class SessionAnswer(Schema):
    """A session; product and figures are null before the first draw."""

    session_id = fields.String(required=True)
    patient_ref = fields.String(required=True)
    indication = fields.String(required=True)
    clinician = fields.String(required=True)
    weight_g = fields.Integer(required=True)
    route = fields.String(required=True)
    protocol = fields.String(required=True)
    state = fields.String(required=True)
    opened_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    product_name = fields.String(required=True, allow_none=True)
    figures = fields.Nested(SessionFiguresView, required=True, allow_none=True)
    containers = fields.List(fields.Nested(ContainerShareView), required=True)
    steps = fields.List(fields.Nested(SessionStepView), required=True)


class OpenSessionAnswer(Schema):
    """A session that waits to be closed."""

    session_id = fields.String(required=True)
    patient_ref = fields.String(required=True)
    clinician = fields.String(required=True)
    opened_at = Instant(required=True)
    remaining_ug = fields.Integer(required=True)
    remaining_mg = fields.String(required=True)


class ContainerAnswer(Schema):
    """A numbered vial or device, and what the books have in it."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    product_name = fields.String(required=True)
    ndc = fields.String(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)
    location = fields.String(required=True)
    state = fields.String(required=True)
    received_at = Instant(required=True)
    opened_at = Instant(required=True, allow_none=True)
    retired_at = Instant(required=True, allow_none=True)
    balance = fields.Nested(QuantityView, required=True, allow_none=True)
