"""Waste and its signature as JSON."""

from marshmallow import Schema, fields
from marshmallow.validate import Regexp

from inventory.waste.rules import Manner, State
from inventory.web.answers import QuantityView, RecordedView
from inventory.web.fields import (
    AmountText,
    Choice,
    CivilDay,
    Instant,
    Secret,
    Text,
)


class RequestWasteSchema(Schema):
    """What is wasted, how and where."""

    amount = AmountText(required=True)
    manner = Choice(Manner, required=True)
    place = Text(max_length=200)
    occurred_at = Instant()


class WitnessWasteSchema(Schema):
    """The witness's own credential, and the digest of the entry they were shown."""

    sign_in_name = Text(max_length=100, required=True)
    password = Secret(required=True)
    digest = Text(
        max_length=64,
        required=True,
        validate=Regexp("[0-9a-f]{64}\\Z", error="Send the digest of the entry shown."),
        metadata={"description": "As the request for a witness answered it."},
    )


class CancelWasteSchema(Schema):
    """Why the request is withdrawn."""

    reason = Text(max_length=200, required=True)


class WastedContainerView(QuantityView):
    """A part of the waste, and the container it was drawn from."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)


class ShownWasteView(QuantityView):
    """The entry word for word: what a witness must see before signing."""

    request_id = fields.String(required=True)
    session_id = fields.String(required=True)
    product_name = fields.String(required=True)
    ndc = fields.String(required=True)
    containers = fields.List(fields.Nested(WastedContainerView), required=True)
    manner = Choice(Manner, required=True)
    place = fields.String(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    requested_by = fields.String(required=True)


class WasteRequestedView(RecordedView):
    """The entry to show to the witness, and the digest to sign until `valid_until`."""

    shown = fields.Nested(ShownWasteView, required=True)
    digest = fields.String(required=True)
    requested_at = Instant(required=True)
    valid_until = Instant(required=True)


class WasteWitnessedView(RecordedView):
    """A waste in the books, who witnessed it, and what the session holds now."""

    shown = fields.Nested(ShownWasteView, required=True)
    witnessed_by = fields.String(required=True)
    remaining = fields.Nested(QuantityView, required=True)


class WasteCancelledView(RecordedView):
    """A request that nobody can sign any more."""

    request_id = fields.String(required=True)
    session_id = fields.String(required=True)


class WasteRequestAnswer(Schema):
    """A request, and what became of it."""

    shown = fields.Nested(ShownWasteView, required=True)
    digest = fields.String(required=True)
    state = Choice(State, required=True)
    requested_at = Instant(required=True)
    valid_until = Instant(required=True)
    too_late = fields.Boolean(required=True)
    witnessed_by = fields.String(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
