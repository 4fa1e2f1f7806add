"""Shapes that answers of many features share: an entry's place, and one amount."""

from marshmallow import Schema, fields

from inventory.web.fields import Hash, Instant


class RecordedView(Schema):
    """Where an entry stands in the book: its number, and the root over all so far."""

    event_id = fields.String(required=True, attribute="recorded.event_id")
    position = fields.Integer(required=True, attribute="recorded.position")
    recorded_at = Instant(required=True, attribute="recorded.recorded_at")
    root = Hash(required=True, attribute="recorded.root")


class QuantityView(Schema):
    """One amount in three forms; `amount` is in mL, or in devices."""

    amount_ug = fields.Integer(required=True)
    amount_mg = fields.String(required=True, metadata={"examples": ["35.65 mg"]})
    amount = fields.String(
        required=True, metadata={"examples": ["0.713 mL", "1 device"]}
    )
