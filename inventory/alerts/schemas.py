"""Alerts as JSON."""

from marshmallow import Schema, fields

from inventory.credentials.alerts import AlertKind
from inventory.web.fields import Choice, Instant


class AlertAnswer(Schema):
    """What somebody should look into, in words, and what to do about it."""

    alert_id = fields.String(required=True)
    kind = Choice(AlertKind, required=True)
    person_id = fields.String(required=True, allow_none=True)
    person_name = fields.String(required=True, allow_none=True)
    sentence = fields.String(required=True)
    way_out = fields.String(required=True)
    detail = fields.String(required=True)
    raised_at = Instant(required=True)
    acknowledged_by = fields.String(required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)


class AlertAcknowledgedAnswer(Schema):
    """Who has looked into an alert, and when."""

    alert_id = fields.String(required=True)
    acknowledged_by = fields.String(required=True)
    acknowledged_at = Instant(required=True)
