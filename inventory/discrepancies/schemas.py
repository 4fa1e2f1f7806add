"""How cases, and measures in general, look as JSON."""

from marshmallow import Schema, fields

from inventory.web.answers import QuantityView
from inventory.web.fields import Instant


class MeasureView(QuantityView):
    """Containers, and one amount in three forms; negative is missing."""

    containers = fields.Integer(required=True)


class DiscrepancyAnswer(Schema):
    """One case."""

    discrepancy_id = fields.String(required=True)
    label = fields.String(required=True)
    place = fields.String(required=True)
    product_name = fields.String(required=True)
    lot = fields.String(required=True)
    container_number = fields.Integer(required=True, allow_none=True)
    variance = fields.Nested(MeasureView, required=True)
    discovered_at = Instant(required=True)
    state = fields.String(required=True)
    source_id = fields.String(required=True)
    position = fields.Integer(required=True)
